import { createHash } from 'node:crypto';

/** The first bytes of a JSON object or array: white space, or the byte order marks of UTF-8 and UTF-16, and zeros. */
const BEFORE_JSON = /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*[[{]/;
const HEAD_BYTES = 1024;

/**
 * Reads a file as a stream. Returns its size and SHA-256, and whether it begins as a JSON object or array in any
 * encoding. Whether the rest is JSON is found when it is imported.
 */
export async function inspectJson(
  source: AsyncIterable<Buffer>,
): Promise<{ size: number; sha256: string; isJson: boolean }> {
  const sha256 = createHash('sha256');
  let size = 0;
  let head = '';
  for await (const chunk of source) {
    sha256.update(chunk);
    size += chunk.length;
    if (head.length < HEAD_BYTES) head += chunk.toString('latin1', 0, HEAD_BYTES - head.length);
  }
  return { size, sha256: sha256.digest('hex'), isJson: BEFORE_JSON.test(head) };
}
