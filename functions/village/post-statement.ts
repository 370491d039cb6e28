import type { Transaction } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { createId } from '../platform/id.ts';
import { enqueue } from '../platform/queue/enqueue.ts';
import { createTask } from '../platform/queue/task.ts';
import { resolveAgent } from './find-agent.ts';
import { findSpeaker, listAgentsByIds, type Speaker, upsertAgent } from './sql/agent.ts';
import { appendVillageEvent } from './sql/event.ts';
import { findStatementOfCall, insertStatement, listStatementsByIds, type StatementRow } from './sql/statement.ts';
import { findThread, insertThread } from './sql/thread.ts';
import type { Realm } from './statement.ts';
import { LinkStatement } from './tasks.ts';

/** A statement of one of the user's agents, before its references are checked. */
export interface NewStatement extends Pick<StatementRow, 'content' | 'category' | 'source'> {
  /** Left out: the agent that has the user's own name. */
  agent?: string | undefined;
  realm: Realm;
  /** Of a bridge: both sides, or the other one alone; each by its id or its name. */
  sides?: readonly string[] | undefined;
  threadId?: string | undefined;
  /** Opens a new thread, for those who hear the statement; `threadId` is then its id. */
  threadTitle?: string | undefined;
  respondingTo?: readonly string[] | undefined;
  relatedAgents?: readonly string[] | undefined;
  tags?: readonly string[] | undefined;
  /** Left out: now. */
  createdAt?: string | undefined;
}

/**
 * Adds a statement of a user's agent, and enqueues its embedding in the same transaction. For a
 * repeated call of a tool (`source.callKey`) it returns the first one. What an agent or a council refers to must be
 * heard by the agent itself.
 * @throws Problem 422 for a thread, statement or agent that the speaker does not see, sides that are no bridge of the
 * speaker, and a thread that fewer users see than the statement
 */
export async function postStatement(
  transaction: Transaction,
  { tenantId, userId }: { tenantId: string; userId: string },
  statement: NewStatement,
): Promise<{ id: string; threadId: string | null }> {
  const { source, realm, relatedAgents = [], respondingTo = [], threadTitle } = statement;
  const known = source.callKey && (await findStatementOfCall(transaction, source.callKey));
  if (known) return known;
  const speaker = await findSpeaker(transaction, statement.agent);
  if (speaker === undefined) throw new Error('A statement needs a user who speaks');
  const acting = source.kind === 'person' || source.kind === 'import' ? null : (speaker.id ?? '');
  await refuseUnseen(transaction, { respondingTo, relatedAgents, acting });
  const other = realm === 'bridge' ? await findOtherSide(transaction, speaker, statement.sides ?? []) : undefined;
  const readers = readersOf(realm, userId, other);
  if (statement.threadId !== undefined && threadTitle === undefined)
    refuseThread(await findThread(transaction, statement.threadId, acting), readers);
  const agentId = await settleSpeaker(transaction, speaker, readers);
  const threadId = statement.threadId ?? (threadTitle === undefined ? undefined : createId('thread'));
  if (threadId !== undefined && threadTitle !== undefined)
    await insertThread(transaction, { id: threadId, title: threadTitle, readers });
  const id = createId('know');
  await insertStatement(transaction, {
    id,
    agentId,
    realm,
    readers,
    threadId,
    respondingTo,
    relatedAgents,
    sides: other === undefined ? null : [agentId, other.id],
    content: statement.content,
    category: statement.category,
    tags: statement.tags ?? [],
    source,
    createdAt: statement.createdAt,
  });
  const told = { statement_id: id, thread_id: threadId ?? null, agent_id: agentId, realm };
  await transaction.query(appendVillageEvent('statement_added', readers, told));
  await enqueue(transaction, tenantId, createTask(LinkStatement, { tenant_id: tenantId, statement_id: id }, id));
  return { id, threadId: threadId ?? null };
}

function readersOf(realm: Realm, userId: string, other: { user_id: string } | undefined): string[] | null {
  if (realm === 'village') return null;
  return [...new Set([userId, other?.user_id ?? userId])];
}

/** Returns the other side of the speaker's bridge. */
async function findOtherSide(transaction: Transaction, speaker: Speaker, sides: readonly string[]) {
  const [named, ...more] = sides.filter((side) => side !== speaker.id && side !== speaker.name);
  if (named === undefined || more.length > 0)
    throw refusal('sides', 'must be the other agent, or the speaking agent and one other');
  const [other] = await listAgentsByIds(transaction, [await resolveAgent(transaction, named, 'body.sides')]);
  if (other === undefined) throw new Error('An agent was found and then not');
  return other;
}

/** Refuses references to what the speaker does not see. Unseen and unknown are answered alike. */
async function refuseUnseen(
  transaction: Transaction,
  named: { respondingTo: readonly string[]; relatedAgents: readonly string[]; acting: string | null },
): Promise<void> {
  const statements = await listStatementsByIds(transaction, named.respondingTo, named.acting);
  if (statements.length < new Set(named.respondingTo).size)
    throw refusal('responding_to', 'must be statements that you see');
  const agents = await listAgentsByIds(transaction, named.relatedAgents);
  if (agents.length < new Set(named.relatedAgents).size) throw refusal('related_agents', 'must be agents that you see');
}

function refuseThread(thread: { readers: string[] | null } | undefined, readers: readonly string[] | null): void {
  if (thread === undefined) throw refusal('thread_id', 'must be a thread that you see');
  const { readers: of } = thread;
  if (of !== null && (readers === null || readers.some((reader) => !of.includes(reader))))
    throw refusal('thread_id', 'must be a thread that everybody sees who hears the statement');
}

/** Creates the speaking agent if it is new, and makes its name known to those who hear it. Returns its id. */
async function settleSpeaker(
  transaction: Transaction,
  { id, name, is_public: isPublic, known_to: knownTo }: Speaker,
  readers: readonly string[] | null,
): Promise<string> {
  const isKnown = isPublic || (readers?.every((reader) => knownTo.includes(reader)) ?? false);
  if (id !== null && isKnown) return id;
  const agent = { id: createId('villager'), name, isPublic: readers === null, knownTo: readers ?? [] };
  return upsertAgent(transaction, agent);
}

function refusal(field: string, message: string): Problem {
  return new Problem('invalid-request', `${field} ${message}.`, { errors: [{ path: `body.${field}`, message }] });
}
