import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { idSchema } from '../../platform/id.ts';
import { listDeadLetters } from '../../platform/queue/dead-letter.ts';
import { Timestamp } from '../run.ts';

const DeadLetter = z.strictObject({
  id: idSchema('dead'),
  step: z.string(),
  payload: z.record(z.string(), z.unknown()).meta({ description: 'The ids in the payload of the task' }),
  attempts: z.int(),
  error: z.string().nullable().meta({ description: 'Null when every attempt killed its instance' }),
  created_at: Timestamp,
  died_at: Timestamp,
});
const Position = z.strictObject({ died_at: Timestamp, id: idSchema('dead') });

/** Lists the tenant's tasks that have used up their attempts, newest first. For admins. */
export const listDeadLettersEndpoint = endpoint({
  name: 'runs-list-dead-letters',
  route: 'GET /api/v1/dead-letters',
  access: 'runs:admin',
  summary: 'Lists the tasks that have used up their attempts.',
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(DeadLetter) },
}).query(async ({ query, read, cursor }) => {
  const before = cursor.decode(query.cursor, Position);
  const found = await listDeadLetters(read, { limit: query.limit + 1, before });
  const items = found.slice(0, query.limit);
  const last = found.length > query.limit ? items.at(-1) : undefined;
  return {
    status: 200,
    body: { items, next_cursor: last ? cursor.encode({ died_at: last.died_at, id: last.id }) : null },
  };
});
