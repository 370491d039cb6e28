import { expect, test } from 'vitest';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { createId, idSchema } from '../../functions/platform/id.ts';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Returns the 128 bits of a TypeID as 32 hexadecimal digits. */
function bitsOf(id: string): string {
  const suffix = id.split('_')[1] ?? '';
  const value = [...suffix].reduce((sum, digit) => sum * 32n + BigInt(ALPHABET.indexOf(digit)), 0n);
  return value.toString(16).padStart(32, '0');
}

test('creates a TypeID with its prefix, the time, and the version and variant of a UUIDv7', () => {
  const before = Date.now();
  const id = createId('run');
  expect(idSchema('run').parse(id)).toBe(id);
  const bits = bitsOf(id);
  const time = Number.parseInt(bits.slice(0, 12), 16);
  expect(time).toBeGreaterThanOrEqual(before);
  expect(time).toBeLessThanOrEqual(Date.now());
  expect(bits[12]).toBe('7');
  expect('89ab').toContain(bits[16]);
});

test('ids stay unique when the random pool is refilled', () => {
  const ids = Array.from({ length: 20_000 }, () => createId('req'));
  expect(new Set(ids).size).toBe(ids.length);
  // No part of the pool is used twice: the random digits differ, not only the time.
  expect(new Set(ids.map((id) => bitsOf(id).slice(17))).size).toBe(ids.length);
});

test('ids that the database creates have the same format', async () => {
  const system = (await openDatabase()).as({ kind: 'system' });
  /** The time of the database, which may be on another machine. */
  const clock = async () => {
    const [row] = await system.query<{ now: number }>({
      name: 'test_clock',
      text: 'select (extract(epoch from clock_timestamp()) * 1000)::float8 as now',
    });
    return row?.now ?? Number.NaN;
  };
  // An id has the time in whole milliseconds.
  const before = Math.floor(await clock());
  const rows = await system.query<{ id: string }>({
    name: 'test_new_typeid',
    text: `select 'ten_' || new_typeid_suffix() as id from generate_series(1, 200)`,
  });
  const after = Math.ceil(await clock());
  for (const { id } of rows) {
    expect(idSchema('ten').parse(id)).toBe(id);
    expect(bitsOf(id)[12]).toBe('7');
    expect('89ab').toContain(bitsOf(id)[16]);
    const time = Number.parseInt(bitsOf(id).slice(0, 12), 16);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(after);
  }
});

test.each([
  'run',
  'run_',
  'RUN_01m7xw06eaf9ytwcedfc8k3fdg',
  'run_81m7xw06eaf9ytwcedfc8k3fdg',
  'run_01m7xw06eaf9ytwcedfc8k3fdi',
  'node_01m7xw06eaf9ytwcedfc8k3fdg',
])('%s is not a run id', (text) => {
  expect(idSchema('run').safeParse(text).success).toBe(false);
});
