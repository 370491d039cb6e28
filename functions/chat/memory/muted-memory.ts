import { z } from 'zod';

/** The kinds of remembered things that an answer is given. */
export const MemoryKind = z.enum(['fact', 'entity', 'preference']);
export type MemoryKind = z.infer<typeof MemoryKind>;

export const TargetId = z.string().min(1).max(400).meta({
  description: 'The id of a fact, the path of an entity file, or `<hub>/<field>` of a preference',
});

/** What a user does not want in the context of their chats. */
export const MutedMemory = z.strictObject({
  kind: MemoryKind,
  target_id: TargetId,
  text: z.string().nullable().meta({ description: 'The fact, name or value as it is now; null when it is gone' }),
  created_at: z.string(),
});
export type MutedMemory = z.infer<typeof MutedMemory>;
