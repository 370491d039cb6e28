import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { showAsData, showOnOneLine } from '../../platform/models/show-as-data.ts';
import { storableText } from '../../platform/storable.ts';
import { type Asker, askModel } from './ask.ts';
import type { Candidate } from './candidate.ts';
import type { Verdict } from './dedupe.ts';
import type { AlikePair } from './find-alike.ts';

const Answer = z.object({
  same: z.boolean(),
  confidence: z.number().min(0).max(1),
  reason: z.string().trim().min(1).max(2000),
});
const LONGEST_REASON = 300;
/** Characters of each file: its beginning says what it is about, its end what came last. */
const LONGEST_SHOWN = 16_000;

/** A judge of pairs: the model sees the two files and nothing else, and can say yes or no to them and nothing else. */
export function judgeByModel(asker: Asker): (pair: AlikePair) => Promise<Verdict> {
  let asked = 0;
  return async ({ one, other }) => {
    asked += 1;
    const text = [shown(one), shown(other), 'Are these two files about the same thing?'].join('\n');
    const { answer } = await askModel(asker, {
      part: `judge ${asked}`,
      system: await prompt(),
      messages: [{ role: 'user', text }],
      schema: Answer,
      format: Answer,
    });
    const reason = storableText(answer.reason.replaceAll(/\s+/g, ' ')).slice(0, LONGEST_REASON);
    return { isSame: answer.same, confidence: answer.confidence, reason: storableText(reason) };
  };
}

function shown({ path, text }: Candidate): string {
  const half = LONGEST_SHOWN / 2;
  const part = text.length > LONGEST_SHOWN ? `${text.slice(0, half)}\n…\n${text.slice(-half)}` : text;
  return `<file path="${showOnOneLine(path)}">\n${showAsData(part)}\n</file>`;
}

let promptText: Promise<string> | undefined;

/** Read from beside this file's folder; the build copies it into the compiled tree. */
function prompt(): Promise<string> {
  promptText ??= readFile(new URL('./judge.md', import.meta.url), 'utf8');
  return promptText;
}
