import { z } from 'zod';
import { showAsData, showOnOneLine } from '../../platform/models/show-as-data.ts';
import { storableText } from '../../platform/storable.ts';
import { askModel, type PaidModel, readPrompt, requireAnswer } from '../ask-model.ts';
import type { Candidate } from './candidate.ts';
import type { SimilarPair } from './find-similar.ts';
import type { Verdict } from './propose-merges.ts';

const Answer = z.object({
  same: z.boolean(),
  confidence: z.number().min(0).max(1),
  reason: z.string().trim().min(1).max(2000),
});
const MAX_REASON_LENGTH = 300;
/**
 * Characters of each file that the model is shown: half from the beginning (what it is about), half from the end (the
 * latest).
 */
const MAX_SHOWN_LENGTH = 16_000;
const MAX_OUTPUT_TOKENS = 8_000;

/**
 * Returns a function that asks the model whether two files are about the same thing. The model sees only these two
 * files.
 */
export function judgeByModel(model: PaidModel): (pair: SimilarPair) => Promise<Verdict> {
  let asked = 0;
  return async ({ one, other }) => {
    asked += 1;
    const text = [shown(one), shown(other), 'Are these two files about the same thing?'].join('\n');
    const { answer } = await askModel(model, {
      part: `judge ${asked}`,
      system: await readPrompt(new URL('./judge.md', import.meta.url)),
      messages: [{ role: 'user', text }],
      schema: Answer,
      maxOutputTokens: MAX_OUTPUT_TOKENS,
    });
    const { same: isSame, confidence, reason } = requireAnswer(answer);
    return { isSame, confidence, reason: storableText(reason.replaceAll(/\s+/g, ' ').slice(0, MAX_REASON_LENGTH)) };
  };
}

function shown({ path, text }: Candidate): string {
  const half = MAX_SHOWN_LENGTH / 2;
  const part = text.length > MAX_SHOWN_LENGTH ? `${text.slice(0, half)}\n…\n${text.slice(-half)}` : text;
  return `<file path="${showOnOneLine(path)}">\n${showAsData(part)}\n</file>`;
}
