import { openObjects } from '../../platform/objects/open-objects.ts';

/** A text whose bytes are counted while it is read. */
export interface DecodedChunk {
  text: string;
  /** Bytes of the file up to the end of this chunk. */
  bytes: number;
}

/** How UTF-16 begins: with a byte order mark, or with a zero beside the first character of JSON. */
const STARTS = [
  ['utf-16le', /^(?:\xff\xfe|[[{]\0)/],
  ['utf-16be', /^(?:\xfe\xff|\0[[{])/],
] as const;

/**
 * Reads an object as text. The encoding is that of the whole file: UTF-16 when it begins so, UTF-8 when all of it
 * is UTF-8, else windows-1252, which has a character for every byte (exporters on Windows write it). So the file is
 * read twice: once for its encoding, 0.1 s for 50 MB.
 */
export async function* decodeFile(key: string): AsyncGenerator<DecodedChunk> {
  const encoding = await findEncoding(key);
  const decoder = new TextDecoder(encoding);
  let bytes = 0;
  for await (const chunk of (await openObjects()).open(key) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    yield { text: decoder.decode(chunk, { stream: true }), bytes };
  }
  yield { text: decoder.decode(), bytes };
}

async function findEncoding(key: string): Promise<string> {
  const strict = new TextDecoder('utf-8', { fatal: true });
  let isFirst = true;
  try {
    for await (const chunk of (await openObjects()).open(key) as AsyncIterable<Buffer>) {
      const wide = isFirst && STARTS.find(([, start]) => start.test(chunk.toString('latin1', 0, 2)));
      if (wide) return wide[0];
      isFirst = false;
      strict.decode(chunk, { stream: true });
    }
  } catch (error) {
    if (error instanceof TypeError) return 'windows-1252';
    throw error;
  }
  return 'utf-8';
}
