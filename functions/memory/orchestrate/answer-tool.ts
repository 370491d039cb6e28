import { z } from 'zod';
import { shownSchema } from '../../platform/models/dialects/shown-schema.ts';
import { fencedText } from '../../platform/models/fenced-text.ts';
import type { ModelTurn, ToolDeclaration } from '../../platform/models/model.ts';
import { jsonText } from '../../platform/models/parse-json.ts';
import { SubmittedAnswer } from './check-answer.ts';

/** The tool by which the model submits its answer and ends the search. */
export const ANSWER = 'answer';

const AnswerArguments = z.strictObject({
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
  parameters: withoutDialect(shownSchema(AnswerArguments)),
};

function withoutDialect({ $schema: _, ...schema }: Record<string, unknown>): Record<string, unknown> {
  return schema;
}

/** A longer text is not parsed as an answer. */
const LONGEST = 100_000;

/** Parses a text as the JSON of an answer, bare or in a code fence. Returns undefined when it is not one. */
export function answerInText(text: string): SubmittedAnswer | undefined {
  return jsonText(SubmittedAnswer).safeParse(fencedText(text.slice(0, LONGEST)) ?? text.trim()).data;
}

/** Takes a plain text as an answer without citations. A last line such as "Confidence: 80 %" becomes its confidence. */
export function answerOfText({ text }: Pick<ModelTurn, 'text'>): SubmittedAnswer | undefined {
  const whole = text.trim();
  const lastLine = whole.slice(whole.lastIndexOf('\n') + 1);
  const confidence = /^\W{0,5}confidence\W{1,5}([^*\n]{1,40})/i.exec(lastLine)?.[1];
  const answer = confidence === undefined ? whole : whole.slice(0, -lastLine.length);
  return SubmittedAnswer.safeParse({ text: answer, confidence }).data;
}
