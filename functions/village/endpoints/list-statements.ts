import { z } from 'zod';
import { Category, LONGEST_QUERY } from '../../memory/memory.ts';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { Instant } from '../../platform/instant.ts';
import { EMBEDDER_KEYS } from '../../platform/models/model-keys.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { payerOf } from '../../usage/embed-texts.ts';
import { findAgentId } from '../find-agent.ts';
import { findStatements } from '../find-statements.ts';
import { listStatements as listStatementRows } from '../sql/statement.ts';
import { AgentName, FoundStatement, Realm, StatementId, ThreadId } from '../statement.ts';

const Position = z.strictObject({ created_at: z.string(), id: StatementId });

/**
 * Lists the statements that the caller sees, newest first. With `query` it searches them by words and by meaning: one
 * page, best first, with the score and the reason of each. A query has no operators: every character is text. Answers
 * 422 for an agent that the caller does not see, and for a name that several agents have.
 */
export const listStatements = endpoint({
  name: 'village-list-statements',
  route: 'GET /api/v1/village/knowledge',
  access: 'village:read',
  summary: 'Lists or searches the statements of the village that you see.',
  query: z.strictObject({
    ...pageQuery,
    query: z.string().trim().min(1).max(LONGEST_QUERY).optional(),
    realm: Realm.optional(),
    agent: AgentName.optional().meta({ description: 'Only of this agent, by its id or its name' }),
    thread_id: ThreadId.optional(),
    category: Category.optional(),
    since: Instant.optional().meta({ description: 'Said at this time or later' }),
    until: Instant.optional().meta({ description: 'Said before this time' }),
  }),
  reply: { 200: pageOf(FoundStatement) },
  deployment: { secrets: EMBEDDER_KEYS },
}).serve(async ({ query: asked, database, identity, cursor, signal }) => {
  const { query, limit, agent, thread_id: threadId, realm, category, since, until } = asked;
  const after = cursor.decode(asked.cursor, Position);
  const { caller, ...scoped } = await enter(database, identity, 'village:read');
  const agentId = await findAgentId(scoped, agent);
  const filter = { acting: null, agentId, threadId, realm, category, since, until };
  if (query !== undefined) {
    const payer = payerOf(caller);
    const items = await findStatements({ database, queryable: scoped, payer, query, filter, limit, signal });
    return { status: 200, body: { items, next_cursor: null } };
  }
  const rows = await listStatementRows(scoped, filter, { after, limit: limit + 1 });
  const items = rows.slice(0, limit);
  const last = rows.length > limit ? items.at(-1) : undefined;
  const next = last === undefined ? null : cursor.encode({ created_at: last.created_at, id: last.id });
  return { status: 200, body: { items, next_cursor: next } };
});
