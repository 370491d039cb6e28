import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { decodeText, encodeText, missingIn } from '../../../functions/tools/files/text-encoding.ts';

const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const SWEDISH = 'Räksmörgås på en ö.\r\nÅ Ä Ö\n';

describe('a text', () => {
  test.each([
    ['UTF-8', Buffer.from(SWEDISH), SWEDISH, false],
    ['UTF-8', Buffer.from(`\ufeff${SWEDISH}`), SWEDISH, true],
    ['UTF-8', Buffer.alloc(0), '', false],
    ['Windows-1252', Buffer.from(SWEDISH, 'latin1'), SWEDISH, false],
    ['Windows-1252', Buffer.from('åäöÅÄÖ', 'latin1'), 'åäöÅÄÖ', false],
    ['Windows-1252', Buffer.from([0x80, 0x31, 0x93, 0x61, 0x94, 0x97, 0x9f]), '€1“a”—Ÿ', false],
    ['UTF-16LE', utf16(`\ufeff${SWEDISH}日本`), `${SWEDISH}日本`, true],
    ['UTF-16BE', utf16(`\ufeff${SWEDISH}日本`).swap16(), `${SWEDISH}日本`, true],
    ['UTF-16LE', utf16(SWEDISH), SWEDISH, false],
    ['UTF-16BE', utf16('name,値\n1,2\n').swap16(), 'name,値\n1,2\n', false],
  ])('in %s is decoded, and encoded to the same bytes', (encoding, bytes, text, hasBom) => {
    const found = decodeText(bytes);
    expect(found).toEqual({ text, encoding, hasBom });
    if ('text' in found) expect(encodeText(found.text, found)).toEqual(bytes);
  });

  test.each([
    ['Cyrillic in Windows-1251', Buffer.from('cfeee8f1ea20eff0e8ece5f0eee220e220f2e5eaf1f2e52e', 'hex')],
    ['Japanese in Shift-JIS', Buffer.from('93fa967b8cea82cc83658358836782c582b7', 'hex')],
    ['Chinese in GBK', Buffer.from('d6d0cec4b2e2cad4cec4b1be', 'hex')],
  ])('in another encoding is named: %s', (_, bytes) => {
    expect(decodeText(bytes)).toEqual({ unknown: expect.stringContaining('not UTF-8, UTF-16 or Windows-1252') });
  });

  test('with a character that its encoding lacks is not encoded', () => {
    expect(missingIn('a → b', 'Windows-1252')).toBe('→');
    expect(missingIn('a \u0081 🙂', 'Windows-1252')).toBe('\u0081');
    expect(encodeText('→', { encoding: 'Windows-1252', hasBom: false })).toBeUndefined();
    expect(missingIn('“é” €', 'Windows-1252')).toBeUndefined();
    expect(missingIn('→', 'UTF-16LE')).toBeUndefined();
  });
});

test.each([
  ['a PNG', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
  ['text with NUL', Buffer.from('hello\0world!')],
  ['half a pair in UTF-16', Buffer.from('fffe3dd86100', 'hex')],
  ['random bytes', randomBytes(4_096)],
  ['numbers of 32 bits', Buffer.from(Uint32Array.from({ length: 100 }, (_, index) => index).buffer)],
])('%s is binary', (_, bytes) => expect(decodeText(bytes)).toEqual({ unknown: 'binary' }));
