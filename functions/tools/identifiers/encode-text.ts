import { z } from 'zod';
import { textArgument } from '../text-argument.ts';
import { answer, failure, tool } from '../tool.ts';
import { decode, Encoding, encode } from './text-codes.ts';

/** Encodes and decodes texts. Bytes that are no text are described and not returned. */
export const encodeText = tool({
  name: 'encode_text',
  description:
    'Encodes a text as base64, base64url, hexadecimal digits or percent-encoding, or decodes it with decode: true. Refuses what is not of the encoding, and decoded bytes that are not UTF-8.',
  parameters: z.strictObject({
    text: textArgument('The text to encode, or the encoded text'),
    encoding: Encoding,
    decode: z.boolean().default(false).meta({ description: 'Decode instead of encoding' }),
  }),
  safeToRepeat: true,
  execute: async ({ text, encoding, decode: isBackward }) => {
    if (!isBackward) return answer(encode(text, encoding));
    const decoded = decode(text, encoding);
    return decoded.status === 'decoded' ? answer(decoded.text) : failure(`It cannot be decoded: ${decoded.reason}.`);
  },
});
