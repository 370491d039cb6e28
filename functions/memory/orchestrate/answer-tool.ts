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

/** A longer text is no answer, and is not looked through. */
const LONGEST = 100_000;

/** The answer that a text is, bare or in a fence; undefined when it is none. */
export function answerInText(text: string): HandedIn | undefined {
  const fenced = /```(?:json)?[ \t]*\n(.*?)\n[ \t]*```/s.exec(text.slice(0, LONGEST))?.[1];
  return jsonText(HandedIn).safeParse(fenced ?? text.trim()).data;
}

/** A text that was not handed in as it should be, taken as an answer that cites nothing; its last line may say how sure it is. */
export function answerOfText({ text }: Pick<ModelTurn, 'text'>): HandedIn | undefined {
  const whole = text.trim();
  const lastLine = whole.slice(whole.lastIndexOf('\n') + 1);
  const confidence = /^\W{0,5}confidence\W{1,5}([^*\n]{1,40})/i.exec(lastLine)?.[1];
  const said = confidence === undefined ? whole : whole.slice(0, -lastLine.length);
  return HandedIn.safeParse({ text: said, confidence }).data;
}
