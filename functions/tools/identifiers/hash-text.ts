import { createHash } from 'node:crypto';
import { z } from 'zod';
import { textArgument } from '../text-argument.ts';
import { answer, tool } from '../tool.ts';

/** Hashes a text. There is no HMAC, because its key would be in the record of the run. */
export const hashText = tool({
  name: 'hash_text',
  description:
    'Returns the hash of a text (as UTF-8) in hexadecimal digits. sha1 and md5 only identify a content; they do not protect it against forgery, and no hash of this tool is fit for passwords.',
  parameters: z.strictObject({
    text: textArgument('The text to hash, exactly as given, with its spaces and line breaks'),
    algorithm: z.enum(['sha256', 'sha512', 'sha1', 'md5']).default('sha256'),
  }),
  safeToRepeat: true,
  execute: async ({ text, algorithm }) => answer(createHash(algorithm).update(text.toWellFormed()).digest('hex')),
});
