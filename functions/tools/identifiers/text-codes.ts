import { z } from 'zod';

export const Encoding = z
  .enum(['base64', 'base64url', 'hex', 'url'])
  .meta({ description: 'url: percent-encoding of a part of a URL (RFC 3986)' });
export type Encoding = z.infer<typeof Encoding>;

/** Encodes a text as UTF-8 and then as an encoding. */
export function encode(text: string, encoding: Encoding): string {
  const wellFormed = text.toWellFormed();
  if (encoding !== 'url') return Buffer.from(wellFormed).toString(encoding);
  return encodeURIComponent(wellFormed).replaceAll(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

type Decoded = { status: 'decoded'; text: string } | { status: 'refused'; reason: string };

/** Decodes a text. Node would skip what is not of the encoding, and decode the rest to something else. */
export function decode(encoded: string, encoding: Encoding): Decoded {
  if (encoding === 'url') return decodeUrl(encoded);
  const compact = encoded.replaceAll(/\s/g, '');
  const bytes = Buffer.from(compact, encoding);
  const again = bytes.toString(encoding);
  const isSame =
    encoding === 'hex' ? again === compact.toLowerCase() : again.replace(/={1,2}$/, '') === unpadded(compact);
  if (!isSame) return { status: 'refused', reason: `it is not ${encoding}` };
  try {
    return { status: 'decoded', text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    const shown = bytes.subarray(0, 64).toString('hex');
    return {
      status: 'refused',
      reason: `the bytes (${bytes.length}) are not a text in UTF-8; they begin with ${shown} (hex)`,
    };
  }
}

/** Base64 may be written with or without the signs that fill the last group. */
function unpadded(text: string): string {
  return text.replace(/={1,2}$/, '');
}

function decodeUrl(encoded: string): Decoded {
  try {
    return { status: 'decoded', text: decodeURIComponent(encoded) };
  } catch {
    return { status: 'refused', reason: 'a % is not followed by two hexadecimal digits, or the bytes are not UTF-8' };
  }
}
