import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { MemoryKind, TargetId } from '../memory/muted-memory.ts';
import { deleteMutedMemory } from '../sql/muted-memory.ts';

/** Lets the caller's chats use something again that was muted. Answers 404 for what is not muted. */
export const unmuteMemory = endpoint({
  name: 'chat-unmute-memory',
  route: 'DELETE /api/v1/chat/muted-memories/{kind}/{target_id+}',
  access: 'chat:write',
  summary: 'Lets your chats use something remembered again.',
  params: z.strictObject({ kind: MemoryKind, target_id: TargetId }),
  reply: { 204: null },
}).handle(async ({ params, transaction }) => {
  if (!(await deleteMutedMemory(transaction, params.kind, params.target_id)))
    throw new Problem('not-found', 'This is not muted.');
  return { status: 204 };
});
