import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createUuid } from '../../../functions/tools/identifiers/create-uuid.ts';
import { encodeText } from '../../../functions/tools/identifiers/encode-text.ts';
import { hashText } from '../../../functions/tools/identifiers/hash-text.ts';
import { answerOf } from '../tool-answer.ts';

test.each([
  [undefined, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['sha1', 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  ['md5', '900150983cd24fb0d6963f7d28e17f72'],
  [
    'sha512',
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
  ],
])('hashes with %s as the test vectors of FIPS 180 and RFC 1321', async (algorithm, hash) => {
  expect(await answerOf(hashText, { text: 'abc', ...(algorithm ? { algorithm } : {}) })).toBe(hash);
});

describe('encode_text', () => {
  const code = (text: string, encoding: string, decode = false) => answerOf(encodeText, { text, encoding, decode });

  test.each([
    ['base64', 'ä b/c?', 'w6QgYi9jPw=='],
    ['base64url', 'ä b/c?', 'w6QgYi9jPw'],
    ['hex', 'ä', 'c3a4'],
    ['url', "ä b/c?'*", '%C3%A4%20b%2Fc%3F%27%2A'],
  ])('encodes as %s', async (encoding, text, encoded) => {
    expect(await code(text, encoding)).toBe(encoded);
  });

  test.each(['base64', 'base64url', 'hex', 'url'])('decodes what it encoded as %s', async (encoding) => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        expect(await code(await code(text, encoding), encoding, true)).toBe(text.replaceAll('\0', '\u2400'));
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    ['!!', 'base64', 'it is not base64'],
    ['abc', 'hex', 'it is not hex'],
    ['a+b/', 'base64url', 'it is not base64url'],
    ['ff', 'hex', 'the bytes (1) are not a text in UTF-8; they begin with ff (hex)'],
    ['%', 'url', 'a % is not followed'],
    ['%ff', 'url', 'a % is not followed'],
  ])('refuses %s as %s', async (text, encoding, reason) => {
    expect(await code(text, encoding, true)).toContain(`! It cannot be decoded: ${reason}`);
  });
});

test('creates different UUIDs of both versions, those of version 7 in order', async () => {
  const create = async (version: string) => (await answerOf(createUuid, { version, count: 100 })).split('\n');
  for (const version of ['4', '7']) {
    const ids = await create(version);
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) expect(id).toMatch(new RegExp(`^[0-9a-f]{8}-[0-9a-f]{4}-${version}[0-9a-f]{3}-[89ab]`));
  }
});
