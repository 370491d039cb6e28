import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { MemoryKind, MutedMemory, TargetId } from '../memory/muted-memory.ts';
import { upsertMutedMemory } from '../sql/muted-memory.ts';

/**
 * Keeps a fact, an entity file or a preference out of the context of the caller's chats, from the next answer on. It
 * stays in the memory, and runs still use it. The second time changes nothing. Answers 404 for what the caller cannot
 * see.
 */
export const muteMemory = endpoint({
  name: 'chat-mute-memory',
  route: 'PUT /api/v1/chat/muted-memories/{kind}/{target_id+}',
  access: 'chat:write',
  summary: 'Keeps something remembered out of your chats.',
  params: z.strictObject({ kind: MemoryKind, target_id: TargetId }),
  reply: { 200: MutedMemory },
}).handle(async ({ params, transaction }) => {
  const muted = await upsertMutedMemory(transaction, params.kind, params.target_id);
  if (muted === undefined) throw new Problem('not-found', 'Nothing like this is in your memory.');
  return { status: 200, body: muted };
});
