import { isUtf8 } from 'node:buffer';
import type { MediaType } from '../upload-limits.ts';

/**
 * Recognises files by their first bytes. Four images and PDF are accepted; the others are here to be named in the
 * refusal. Own signatures instead of a library: `file-type` knows 170 types and unpacks ZIP files to tell some apart,
 * and what it does not know would be refused all the same.
 */
const SIGNATURES: readonly (readonly [mediaType: string, offset: number, bytes: string])[] = [
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF87a'],
  ['image/gif', 0, 'GIF89a'],
  ['image/webp', 8, 'WEBP'],
  ['application/pdf', 0, '%PDF-'],
  ['application/zip', 0, 'PK\x03\x04'],
  ['application/zip', 0, 'PK\x05\x06'],
  ['application/gzip', 0, '\x1f\x8b'],
  ['application/x-7z-compressed', 0, '7z\xbc\xaf\x27\x1c'],
  ['application/vnd.rar', 0, 'Rar!\x1a\x07'],
  ['application/x-elf', 0, '\x7fELF'],
  ['application/wasm', 0, '\0asm'],
  ['application/x-msdownload', 0, 'MZ'],
  ['image/bmp', 0, 'BM'],
  ['image/tiff', 0, 'II*\0'],
  ['image/tiff', 0, 'MM\0*'],
  ['audio/mpeg', 0, 'ID3'],
  ['audio/ogg', 0, 'OggS'],
  ['audio/wav', 8, 'WAVE'],
  ['video/mp4', 4, 'ftyp'],
  ['application/vnd.sqlite3', 0, 'SQLite format 3\0'],
];

const ACCEPTED: ReadonlySet<string> = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'application/pdf',
] satisfies MediaType[]);

/** Returns the accepted binary type that the first bytes are of, or undefined. */
export function binaryTypeOf(bytes: Buffer): Exclude<MediaType, 'text/plain'> | undefined {
  const name = nameOf(bytes);
  // The set has only names of this type.
  return ACCEPTED.has(name) ? (name as Exclude<MediaType, 'text/plain'>) : undefined;
}

/** Returns the name of the type of bytes that are no text, for a refusal. */
export function nameOf(bytes: Buffer): string {
  const head = bytes.toString('latin1', 0, 32);
  const found = SIGNATURES.find(([, offset, signature]) => head.startsWith(signature, offset));
  return found?.[0] ?? 'application/octet-stream';
}

/** PDF readers accept the header anywhere in here. */
const PDF_HEADER_WITHIN = 1024;
/** The end record of a ZIP and its longest comment. */
const ZIP_END_BYTES = 22;
const ZIP_END_WITHIN = ZIP_END_BYTES + 65_535;

/** Returns the second type of a file that programs read as two types (a polyglot), or undefined. */
export function secondTypeOf(bytes: Buffer): string | undefined {
  if (bytes.subarray(1, PDF_HEADER_WITHIN).includes('%PDF-')) return 'application/pdf';
  return endsAsZip(bytes) ? 'application/zip' : undefined;
}

/** A ZIP is read from its end, whatever stands before. The length of its comment tells the record from chance. */
function endsAsZip(bytes: Buffer): boolean {
  const tail = bytes.subarray(-ZIP_END_WITHIN);
  for (let at = tail.indexOf('PK\x05\x06'); at !== -1; at = tail.indexOf('PK\x05\x06', at + 1)) {
    const rest = tail.length - at - ZIP_END_BYTES;
    if (rest >= 0 && tail.readUInt16LE(at + ZIP_END_BYTES - 2) === rest) return true;
  }
  return false;
}

/** Control characters of ASCII that no text has. */
const CONTROL = /(?![\t\n\f\r\u0080-\u009f])\p{Cc}/u;
/** A byte order mark begins the encodings of Windows. */
const MARKS = { 'utf-16le': '\xff\xfe', 'utf-16be': '\xfe\xff' } as const;

/**
 * Returns the text of bytes in UTF-8 or, with a byte order mark, in UTF-16; undefined for anything else. A text that is
 * not valid in its encoding or has control characters is no text.
 */
export function decodeText(bytes: Buffer): string | undefined {
  const text = isUtf8(bytes) ? bytes.toString('utf8') : decodeUtf16(bytes);
  if (text === undefined || CONTROL.test(text)) return undefined;
  return text.replace(/^\ufeff/, '');
}

function decodeUtf16(bytes: Buffer): string | undefined {
  const mark = bytes.toString('latin1', 0, 2);
  const encoding = (['utf-16le', 'utf-16be'] as const).find((name) => MARKS[name] === mark);
  if (encoding === undefined) return undefined;
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
