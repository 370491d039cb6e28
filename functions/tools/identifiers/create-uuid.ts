import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { z } from 'zod';
import { answer, tool } from '../tool.ts';

/**
 * Creates identifiers (RFC 9562). Safe to repeat: before the result is recorded nobody has seen it, and a recorded call
 * is not made again.
 */
export const createUuid = tool({
  name: 'create_uuid',
  description:
    'Creates random UUIDs, one a line: version 4, or version 7, whose order is that of their creation. A model cannot make random identifiers by itself. They are not secrets.',
  parameters: z.strictObject({
    version: z.enum(['4', '7']).default('4'),
    count: z.int().min(1).max(100).default(1),
  }),
  safeToRepeat: true,
  execute: async ({ version, count }) =>
    answer(Array.from({ length: count }, () => (version === '4' ? randomUUID() : randomUUIDv7())).join('\n')),
});
