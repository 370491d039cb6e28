import { z } from 'zod';
import { askModel, type PaidModel } from '../../entities/ask-model.ts';
import { cutText } from '../../platform/cut-text.ts';
import { Stance } from '../../platform/language/claims/relate.ts';
import { ModelError } from '../../platform/models/model.ts';
import { readPrompt } from '../../platform/models/read-prompt.ts';
import { showOnOneLine } from '../../platform/models/show-as-data.ts';
import { LONGEST_REASON } from './pair.ts';

const Answer = z.object({
  verdicts: z.array(z.object({ other: z.int(), relation: Stance, reason: z.string().trim() })),
});

/**
 * Asks the model what other statements are to a new one, in one call. Returns the verdict on each, in their order. A
 * statement that the answer does not mention is unrelated, and a verdict on a number that was not asked is ignored.
 * @throws OverBudget when a budget does not cover the call; ModelError when the model fails or its answer does not
 * match the schema; the signal's reason when aborted
 */
export async function judgeByModel(
  paid: PaidModel,
  statement: string,
  others: readonly string[],
): Promise<{ relation: Stance; reason: string }[]> {
  const { answer } = await askModel(paid, {
    part: 'judgement',
    system: await readPrompt(new URL('./judge.md', import.meta.url)),
    messages: [{ role: 'user', text: showPairs(statement, others) }],
    schema: Answer,
    maxOutputTokens: 4000,
  });
  if (answer === undefined)
    throw new ModelError('invalid_answer', "The model's judgement of statements does not match the schema");
  const verdicts = new Map(answer.verdicts.map((verdict) => [verdict.other, verdict]));
  return others.map((_, at) => {
    const { relation, reason } = verdicts.get(at + 1) ?? {
      relation: 'unrelated',
      reason: 'Neither the same nor its denial.',
    };
    return { relation, reason: cutText(reason, LONGEST_REASON) };
  });
}

function showPairs(statement: string, others: readonly string[]): string {
  const lines = others.map((other, at) => `<other number="${at + 1}">${showOnOneLine(other)}</other>`);
  return [`<statement>${showOnOneLine(statement)}</statement>`, ...lines].join('\n');
}
