import { isUtf8 } from 'node:buffer';
import { inBytes } from '../workspace.ts';

/** The text of a file with what is needed to write it back: its encoding, and whether it begins with a BOM. */
export interface FileText {
  text: string;
  encoding: Encoding;
  hasBom: boolean;
}

export type Encoding = 'UTF-8' | 'UTF-16LE' | 'UTF-16BE' | 'Windows-1252';

const BOM = '\ufeff';

/**
 * The characters of Windows-1252 for the bytes 80 to 9F (encoding.spec.whatwg.org). The other bytes are those of
 * Latin-1. The bytes 81, 8D, 8F, 90 and 9D have no character.
 */
const WINDOWS_1252 = [...'€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ'];
const BYTES_OF_1252 = new Map(
  WINDOWS_1252.flatMap((character, index): [string, number][] =>
    character === ' ' ? [] : [[character, 0x80 + index]],
  ),
);

/** Western text has at most a few accented letters in a row, and Cyrillic, Greek or Chinese text has whole words. */
const LONGEST_RUN = 6;
/** Western text has its quotes and dashes (80 to 9F) beside spaces and letters, Shift-JIS beside other such bytes. */
const MOST_PAIRS = 2;
/** Shorter texts are examples with many accents. */
const LEAST_JUDGED = 40;
const MOST_ACCENTED = 0.35;

/** Control characters that text files do not contain. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this pattern searches for control characters.
const NO_TEXT = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f\p{Cn}\p{Co}]/u;

/**
 * Decodes a text file: UTF-8, UTF-16 with a BOM or recognised by its zero bytes, or Windows-1252, of which printable
 * Latin-1 is a part. Returns what the file is when it has no known encoding.
 */
export function decodeText(bytes: Buffer): FileText | { unknown: string } {
  const found = decodeUtf8(bytes) ?? decodeUtf16(bytes);
  // A text that is not the same bytes again cannot be edited without damage.
  if (found !== undefined && encodeText(found.text, found)?.equals(bytes)) return found;
  if (found !== undefined || bytes.includes(0) || NO_TEXT.test(bytes.toString('latin1').replace(/[\x80-\xff]/g, '')))
    return { unknown: 'binary' };
  const text = decodeWindows1252(bytes);
  if (text !== undefined) return { text, encoding: 'Windows-1252', hasBom: false };
  return { unknown: 'text in an encoding that is not UTF-8, UTF-16 or Windows-1252' };
}

function decodeUtf8(bytes: Buffer): FileText | undefined {
  if (bytes.includes(0) || !isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8');
  const hasBom = text.startsWith(BOM);
  return { text: hasBom ? text.slice(1) : text, encoding: 'UTF-8', hasBom };
}

function decodeUtf16(bytes: Buffer): FileText | undefined {
  if (bytes.length < 2 || bytes.length % 2 === 1) return undefined;
  const mark = bytes.readUInt16BE(0);
  const hasBom = mark === 0xfffe || mark === 0xfeff;
  const isLittle = hasBom ? mark === 0xfffe : guessOrder(bytes);
  if (isLittle === undefined) return undefined;
  const units = isLittle ? bytes : Buffer.from(bytes).swap16();
  const text = units.toString('utf16le', hasBom ? 2 : 0);
  if (!text.isWellFormed() || NO_TEXT.test(text)) return undefined;
  return { text, encoding: isLittle ? 'UTF-16LE' : 'UTF-16BE', hasBom };
}

const JUDGED_BYTES = 64 * 1024;
const LEAST_ASCII = 0.4;

/**
 * Guesses the order of bytes without a BOM: the high byte of an ASCII character is zero, and those of one side are.
 * Returns whether it is little-endian.
 */
function guessOrder(bytes: Buffer): boolean | undefined {
  const judged = bytes.subarray(0, JUDGED_BYTES);
  const zeros = [0, 0];
  for (let at = 0; at < judged.length; at += 1) if (judged[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (Math.min(even, odd) > 0 || Math.max(even, odd) < (judged.length / 2) * LEAST_ASCII) return undefined;
  return odd > 0;
}

function decodeWindows1252(bytes: Buffer): string | undefined {
  let run = 0;
  let accented = 0;
  let pairs = 0;
  let before = 0;
  for (const byte of bytes) {
    if (Math.min(byte, before) >= 0x80 && Math.min(byte, before) < 0xa0) pairs += 1;
    before = byte;
    run = byte < 0x80 ? 0 : run + 1;
    if (run > LONGEST_RUN || (byte >= 0x80 && byte < 0xa0 && WINDOWS_1252[byte - 0x80] === ' ')) return undefined;
    if (byte >= 0x80) accented += 1;
  }
  const isTooDense = bytes.length >= LEAST_JUDGED && accented > bytes.length * MOST_ACCENTED;
  if (isTooDense || pairs > MOST_PAIRS + bytes.length / 1_000) return undefined;
  return bytes
    .toString('latin1')
    .replace(/[\x80-\x9f]/g, (character) => WINDOWS_1252[character.charCodeAt(0) - 0x80] ?? character);
}

/** Encodes a text as its file was. Returns undefined when the encoding lacks a character, see {@link missingIn}. */
export function encodeText(text: string, { encoding, hasBom }: Omit<FileText, 'text'>): Buffer | undefined {
  const whole = hasBom ? BOM + text : text;
  if (encoding === 'UTF-8') return Buffer.from(whole, 'utf8');
  if (encoding === 'UTF-16LE') return Buffer.from(whole, 'utf16le');
  if (encoding === 'UTF-16BE') return Buffer.from(whole, 'utf16le').swap16();
  if (missingIn(text, encoding) !== undefined) return undefined;
  const latin1 = text.replace(/[^\p{ASCII}\xa0-\xff]/gu, (character) =>
    String.fromCharCode(BYTES_OF_1252.get(character) ?? 0),
  );
  return Buffer.from(latin1, 'latin1');
}

/** Returns the first character that the encoding does not have. */
export function missingIn(text: string, encoding: Encoding): string | undefined {
  if (encoding !== 'Windows-1252') return undefined;
  for (const [character] of text.matchAll(/[^\p{ASCII}\xa0-\xff]/gu))
    if (!BYTES_OF_1252.has(character)) return character;
  return undefined;
}

/** Describes a file that cannot be read as text, for a model. */
export function describeUnknown(path: string, file: { size: number }, unknown: string): string {
  if (unknown === 'binary') return `${path} is binary (${inBytes(file.size)}) and cannot be read or edited as text.`;
  return `${path} is ${unknown} (${inBytes(file.size)}). Convert it with run_command, for example with python: open(path, encoding="shift_jis").`;
}
