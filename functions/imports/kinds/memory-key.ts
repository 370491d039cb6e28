import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { findMemoryKey, MemoryKeyName, upsertMemoryKey } from '../../memory/memory-key.ts';
import { cutText } from '../../platform/cut-text.ts';
import type { Queryable } from '../../platform/database/database.ts';
import { changeTime, titleFrom, without } from './fields.ts';
import type { EarlierItem, ParseItem } from './kind.ts';
import { UnreadableItem } from './kind.ts';

/**
 * Reads an entry of ApexAurum's `memory.json`. Its value becomes the value of the user's key, as it is. It is
 * overwritten only while it has the value that an import wrote: what the user wrote stays.
 */
export const parseMemoryKey: ParseItem = (entry, key) => {
  if (key === undefined || key.trim() === '') throw new UnreadableItem('Its key is empty.');
  const name = nameOf(key);
  const notes = name === key.normalize('NFC') ? [] : [`Its key ${JSON.stringify(cutText(key, 100))} is ${name} here.`];
  const value = entry.value ?? null;
  return {
    sourceId: key,
    title: titleFrom(key),
    notes,
    rest: { ...without(entry, 'value'), ...(notes.length > 0 ? { key } : {}) },
    updatedAt: changeTime(entry.stored_at),
    check: async ({ scoped }, earlier) => {
      const judged = await judge(scoped, { name, value, earlier });
      return judged !== 'same' && 'skipped' in judged ? judged : { notes: [] };
    },
    prepare: async (_scope, earlier) => async (transaction) => {
      const judged = await judge(transaction, { name, value, earlier });
      // The value is the user's when they have written the same.
      if (judged === 'same') return { targetId: name, fields: earlier?.fields ?? {} };
      if ('skipped' in judged) return judged;
      const written = await upsertMemoryKey(transaction, { key: name, value, expected: judged.version });
      // Undefined: the user has written it in this moment.
      return written === undefined ? ownValue(name) : { targetId: name, fields: { value: hashOf(written.value) } };
    },
  };
};

/** Returns whether the key has the value, or may get it in place of a version, or why it is left as it is. */
async function judge(
  queryable: Queryable,
  { name, value, earlier }: { name: string; value: unknown; earlier: EarlierItem | undefined },
): Promise<'same' | { version: number } | { skipped: string }> {
  const here = await findMemoryKey(queryable, name);
  if (here === undefined)
    return earlier === undefined ? { version: 0 } : { skipped: 'You have deleted the key here since it was imported.' };
  if (isDeepStrictEqual(here.value, value)) return 'same';
  if (earlier === undefined) return { skipped: `You have the key ${name} already, with another value.` };
  const isAsImported = earlier.fields.value === hashOf(here.value);
  return isAsImported ? { version: here.version } : ownValue(name);
}

function ownValue(name: string): { skipped: string } {
  return { skipped: `You have written the key ${name} here: your value stays.` };
}

/** Returns the hash of a value as the database returns it, with its own order of fields. */
function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

/** Returns the key, or one in its place that this product can have in a URL and that no other key becomes. */
function nameOf(key: string): string {
  const name = MemoryKeyName.safeParse(key);
  if (name.success) return name.data;
  const plain = key.normalize('NFC').replaceAll(/[^\p{L}\p{N} _.:@-]/gu, '_');
  const mark = createHash('sha256').update(key).digest('hex').slice(0, 8);
  return MemoryKeyName.parse(`imported ${mark} ${cutText(plain, 100)}`);
}
