import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { findMemoryKey, MemoryKeyName, upsertMemoryKey } from '../../memory/memory-key.ts';
import { cutText } from '../../platform/cut-text.ts';
import { titleFrom, without } from './fields.ts';
import type { ParseItem } from './kind.ts';
import { UnreadableItem } from './kind.ts';

/**
 * Reads an entry of ApexAurum's `memory.json`. Its value becomes the value of the user's key, as it is. A key of the
 * user that has another value and was not imported is never overwritten.
 */
export const parseMemoryKey: ParseItem = (entry, key) => {
  if (key === undefined || key.trim() === '') throw new UnreadableItem('Its key is empty.');
  const name = nameOf(key);
  const notes = name === key.normalize('NFC') ? [] : [`Its key ${JSON.stringify(cutText(key, 100))} is ${name} here.`];
  return {
    sourceId: key,
    title: titleFrom(key),
    notes,
    rest: { ...without(entry, 'value'), ...(notes.length > 0 ? { key } : {}) },
    prepare: async (_scope, targetId) => async (transaction) => {
      const known = await findMemoryKey(transaction, name);
      if (targetId !== undefined && known === undefined)
        return { skipped: 'You have deleted the key here since it was imported.' };
      const isSame = known !== undefined && isDeepStrictEqual(known.value, entry.value);
      if (known !== undefined && targetId === undefined && !isSame)
        return { skipped: `You have the key ${name} already, with another value.` };
      if (!isSame) await upsertMemoryKey(transaction, { key: name, value: entry.value ?? null, expected: undefined });
      return { targetId: name };
    },
  };
};

/** Returns the key, or one in its place that this product can have in a URL and that no other key becomes. */
function nameOf(key: string): string {
  const name = MemoryKeyName.safeParse(key);
  if (name.success) return name.data;
  const plain = key.normalize('NFC').replaceAll(/[^\p{L}\p{N} _.:@-]/gu, '_');
  const mark = createHash('sha256').update(key).digest('hex').slice(0, 8);
  return MemoryKeyName.parse(`imported ${mark} ${cutText(plain, 100)}`);
}
