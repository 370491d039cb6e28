import { z } from 'zod';
import { environment } from '../../platform/environment.ts';
import { shownSchema } from '../../platform/models/dialects/shown-schema.ts';
import { type Model, type ModelChoice, ModelError } from '../../platform/models/model.ts';
import { parseAnswer } from '../../platform/models/parse-json.ts';
import { readPrompt } from '../../platform/models/read-prompt.ts';
import { showOnOneLine } from '../../platform/models/show-as-data.ts';
import { buyTurn } from '../../usage/buy-turn.ts';
import type { Payer } from '../../usage/meter.ts';
import type { Memory } from '../memory.ts';
import type { Comparison } from './write-fact.ts';

export interface ModelComparison {
  model: Model;
  choice: ModelChoice;
  signal: AbortSignal;
  payer: Payer;
  /** Unique for each attempt to compare; each call adds its part. */
  reference: string;
  part: string;
  /** The time limit with every attempt; left out: the deployment's limit for a model call. */
  timeoutMs?: number;
  /** New facts, each with the nearest known facts. `at` is the caller's index of the fact. */
  pairs: readonly { at: number; text: string; known: readonly Memory[] }[];
}

/**
 * Asks the model how new facts relate to known ones. Pairs that the answer does not mention are unrelated, and an
 * answer about a pair that was not in the request is ignored. Makes no call when there are no pairs.
 * @throws OverBudget when a budget does not cover the call; ModelError when the model fails or its answer does not
 * match the schema; the signal's reason when aborted
 */
export async function compareByModel(comparison: ModelComparison): Promise<(Comparison & { at: number })[]> {
  const { model, choice, signal, payer, reference, part, pairs } = comparison;
  const { timeoutMs = environment.MODEL_TIMEOUT_SECONDS * 1000 } = comparison;
  if (pairs.length === 0) return [];
  const turn = await buyTurn({
    payer,
    kind: 'extraction',
    reference: `${reference} ${part}`,
    choice,
    call: {
      model,
      signal,
      timeoutMs,
      request: {
        model: choice.model,
        system: await readPrompt(new URL('./compare-facts.md', import.meta.url)),
        messages: [{ role: 'user', text: showPairs(pairs) }],
        tools: [],
        maxOutputTokens: 8000,
        responseSchema: shownSchema(Answer),
      },
    },
  });
  const parsed = parseAnswer(Answer, turn.text);
  if (!parsed.success)
    throw new ModelError('invalid_answer', "The model's comparison of facts does not match the schema");
  return parsed.data.verdicts.flatMap(({ fact, known, relation, reason }) => {
    const pair = pairs[fact - 1];
    const other = pair?.known[known - 1];
    if (pair === undefined || other === undefined || relation === 'other') return [];
    return [{ at: pair.at, id: other.id, relation, reason, known: other }];
  });
}

const Answer = z.object({
  verdicts: z.array(
    z.object({
      fact: z.int(),
      known: z.int(),
      relation: z.enum(['repeat', 'refine', 'contradict', 'other']),
      reason: z.string().trim().max(300),
    }),
  ),
});

function showPairs(pairs: ModelComparison['pairs']): string {
  return pairs
    .map(({ text, known }, index) => {
      const lines = known.map(
        (other, at) =>
          `<known number="${at + 1}" since="${other.valid_from.slice(0, 10)}">${showOnOneLine(other.text)}</known>`,
      );
      return [`<fact number="${index + 1}">${showOnOneLine(text)}</fact>`, ...lines].join('\n');
    })
    .join('\n');
}
