import type { Queryable, Transaction } from '../platform/database/database.ts';
import { createId } from '../platform/id.ts';
import { postStatement } from './post-statement.ts';
import { findSpeaker, upsertAgent } from './sql/agent.ts';
import { deleteStatement, listStatementsByIds } from './sql/statement.ts';
import { findThread } from './sql/thread.ts';
import type { Realm } from './statement.ts';

/** A statement that an agent of the user has made in another system. */
export interface ImportedStatement {
  content: string;
  category: string;
  /** The name of the agent; undefined: the user's own. */
  agent: string | undefined;
  realm: Realm;
  /** The name of the other side of a bridge. */
  otherSide: string | undefined;
  /** Our id of the thread; it is opened with the title when it does not exist. */
  thread: { id: string; title: string } | undefined;
  /** Those that are deleted are left out. */
  respondingTo: readonly string[];
  /** Names of agents. Those who have not spoken here are left out. */
  relatedAgents: readonly string[];
  tags: readonly string[];
  createdAt: string | undefined;
}

/**
 * Adds a statement of another system for one of the user's agents, as {@link postStatement} does. Both sides of a
 * bridge are the user's agents, so the user alone sees it. Returns its id.
 * @throws Problem 422, as {@link postStatement}
 */
export async function importStatement(
  transaction: Transaction,
  owner: { tenantId: string; userId: string },
  { thread, otherSide, relatedAgents, ...statement }: ImportedStatement,
): Promise<string> {
  const isOpen = thread !== undefined && (await findThread(transaction, thread.id)) !== undefined;
  const side = otherSide === undefined ? undefined : await settleAgent(transaction, otherSide, owner.userId);
  const answered = await listStatementsByIds(transaction, statement.respondingTo);
  const known = new Set<string>();
  for (const name of relatedAgents) {
    const found = await findSpeaker(transaction, name);
    if (found?.id) known.add(found.id);
  }
  const { id } = await postStatement(transaction, owner, {
    ...statement,
    ...(side === undefined ? {} : { sides: [side] }),
    respondingTo: answered.map(({ id }) => id),
    threadId: thread?.id,
    threadTitle: isOpen ? undefined : thread?.title,
    relatedAgents: [...known],
    source: { kind: 'import' },
  });
  return id;
}

/** Returns whether a statement that was imported is still here. */
export async function hasImportedStatement(queryable: Queryable, id: string): Promise<boolean> {
  return (await listStatementsByIds(queryable, [id])).length > 0;
}

/** Deletes a statement that was imported. Returns false when the user has deleted it before. */
export async function removeImportedStatement(transaction: Transaction, id: string): Promise<boolean> {
  return (await deleteStatement(transaction, id)) === 'deleted';
}

async function settleAgent(transaction: Transaction, name: string, userId: string): Promise<string> {
  const known = await findSpeaker(transaction, name);
  return known?.id ?? upsertAgent(transaction, { id: createId('villager'), name, isPublic: false, knownTo: [userId] });
}
