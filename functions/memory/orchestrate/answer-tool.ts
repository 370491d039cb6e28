import { z } from 'zod';
import type { ModelTurn, ToolDeclaration } from '../../platform/models/model.ts';
import { jsonText } from '../../platform/models/parse-json.ts';
import { HandedIn } from './check-answer.ts';

/** The tool by which a search ends. */
export const ANSWER = 'answer';

const Shown = z.strictObject({
  text: z.string().meta({
    description: 'The answer, in plain text, with the refs of what each claim rests on: "She leads it [F1]."',
  }),
  citations: z
    .array(
      z.strictObject({
        ref: z.string(),
        quote: z.string().meta({ description: 'Words of it, copied letter by letter' }),
      }),
    )
    .meta({ description: 'One for each ref in the text' }),
  confidence: z.number().min(0).max(1).meta({ description: 'How sure you are that the answer is right' }),
  unanswered: z.boolean().optional().meta({ description: 'true when memory does not tell' }),
});

export const answerDeclaration: ToolDeclaration = {
  name: ANSWER,
  description: 'Hands in the answer and ends the search.',
  parameters: withoutDialect(z.toJSONSchema(Shown, { io: 'input' })),
};

function withoutDialect({ $schema: _, ...schema }: Record<string, unknown>): Record<string, unknown> {
  return schema;
}

/** The answer that a text is, bare or in a fence; undefined when it is none. */
export function answerInText(text: string): HandedIn | undefined {
  const fenced = /```(?:json)?\s*\n(.*?)\n\s*```/s.exec(text)?.[1];
  return jsonText(HandedIn).safeParse(fenced ?? text.trim()).data;
}

/** A text that was not handed in as it should be, taken as an answer that cites nothing; a last line may say how sure it is. */
export function answerOfText({ text }: Pick<ModelTurn, 'text'>): HandedIn | undefined {
  const [, said, confidence] =
    /^(.*?)(?:\n\s*\**confidence\**\s*[:=]\s*\**([^\n*]{1,40})\**\s*)?$/is.exec(text.trim()) ?? [];
  return HandedIn.safeParse({ text: said, confidence }).data;
}
