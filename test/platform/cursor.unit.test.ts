import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type CursorOwner, cursorsOf, decodeCursor, encodeCursor } from '../../functions/platform/cursor.ts';

const Position = z.strictObject({ created_at: z.string(), id: z.string() });
const position = { created_at: '2026-11-21T00:00:00Z', id: 'key_1' };

function token(subject: string): CursorOwner['identity'] {
  return { kind: 'token', subject, email: '', emailVerified: true, displayName: '', issuedAt: '' };
}
const owner: CursorOwner = { route: 'GET /api/v1/things', identity: token('ada') };

describe('a cursor', () => {
  test('decodes to its position', () => {
    expect(decodeCursor(owner, encodeCursor(owner, position), Position)).toEqual(position);
    fc.assert(
      fc.property(fc.record({ created_at: fc.string(), id: fc.string({ unit: 'grapheme' }) }), (any) => {
        expect(decodeCursor(owner, encodeCursor(owner, any), Position)).toEqual(any);
      }),
    );
  });

  test('needs no escaping in a query string', () => {
    expect(encodeCursor(owner, position)).toMatch(/^[\w-]+$/);
  });

  test.each<[string, CursorOwner]>([
    ['another list', { ...owner, route: 'GET /api/v1/others' }],
    ['another person', { ...owner, identity: token('eve') }],
    [
      'a key of the same name',
      { ...owner, identity: { kind: 'api-key', keyId: 'ada', secretHash: '', subject: 'ada' } },
    ],
    ['nobody', { ...owner, identity: undefined }],
  ])('is rejected for another owner: %s', (_who, other) => {
    const cursor = encodeCursor(owner, position);
    expect(() => decodeCursor(other, cursor, Position)).toThrow(expect.objectContaining({ kind: 'invalid-cursor' }));
  });

  test('is rejected when any bit is changed', () => {
    const bytes = Buffer.from(encodeCursor(owner, position), 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      const attempt = () => decodeCursor(owner, changed.toString('base64url'), Position);
      expect(attempt).toThrow(expect.objectContaining({ kind: 'invalid-cursor' }));
    }
  });

  test.each(['', 'a', 'made-up', '%%%', 'A'.repeat(43), 'ü'])('is rejected when it is %j', (cursor) => {
    expect(() => decodeCursor(owner, cursor, Position)).toThrow(expect.objectContaining({ kind: 'invalid-cursor' }));
  });

  test('is rejected when its position does not match the schema of the list', () => {
    const cursor = encodeCursor(owner, { offset: 5 });
    expect(() => decodeCursor(owner, cursor, Position)).toThrow(expect.objectContaining({ kind: 'invalid-cursor' }));
  });

  test('is undefined for the first page', () => {
    const cursors = cursorsOf(owner);
    const absent: string | undefined = undefined;
    expect(cursors.decode(absent, Position)).toBeUndefined();
    expect(cursors.decode(cursors.encode(position), Position)).toEqual(position);
  });
});

describe('in the cloud', () => {
  const program = `const { encodeCursor } = await import('./functions/platform/cursor.ts');
    console.log(encodeCursor({ route: 'GET /x', identity: undefined }, 1));`;
  const run = (variables: Record<string, string>) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      env: { K_SERVICE: 'x', DATABASE_URL: 'postgres://nowhere', FIREBASE_PROJECT_ID: 'p', ...variables },
    });

  test('throws an error that names CURSOR_SECRET when it is missing', () => {
    const { status, stderr } = run({});
    expect(status).not.toBe(0);
    expect(stderr).toContain('CURSOR_SECRET is missing');
  });

  test('two instances with the same secret accept each other’s cursors', () => {
    const [one, two, other] = [run({ CURSOR_SECRET: 'a' }), run({ CURSOR_SECRET: 'a' }), run({ CURSOR_SECRET: 'b' })];
    expect(one.status).toBe(0);
    expect(one.stdout).toBe(two.stdout);
    expect(one.stdout).not.toBe(other.stdout);
  });
});
