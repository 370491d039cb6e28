import type { Row, Statement } from '../platform/database/batch.ts';
import type { Database, Scoped } from '../platform/database/database.ts';
import { repeatingDatabase, repeatWhileAway } from '../platform/database/repeat-while-away.ts';
import { FenceLost } from '../platform/errors.ts';
import { LEASE_SECONDS, Lease } from '../platform/lease.ts';
import { sendToQueue } from '../platform/queue/enqueue.ts';
import type { Task } from '../platform/queue/task.ts';
import { TakeTurn } from './run.ts';
import { findRungTask } from './sql/lease.ts';
import { type ClaimedNode, holdNode, ringNode, updateNodeLease } from './sql/node.ts';
import { lockRun } from './sql/run.ts';

/**
 * A worker's right to one node, until it is released, lost or cancelled. Every write goes through {@link Claim.commit}, which checks the
 * fence in the same transaction; `signal` aborts what runs outside the database as soon as the claim is lost or the process is stopped.
 */
export class Claim {
  readonly node: ClaimedNode;
  readonly tenantId: string;
  /** The run's tenant and person; each query is a transaction of its own, and is repeated while the database is away. */
  readonly database: Scoped;
  /** As patient. What is done with it may be done twice. */
  readonly root: Database;
  readonly signal: AbortSignal;
  readonly #lease: Lease;
  readonly #scoped: Scoped;

  constructor(node: ClaimedNode, tenantId: string, root: Database, stops: readonly AbortSignal[]) {
    this.node = node;
    this.tenantId = tenantId;
    const scope = { kind: 'tenant', tenantId, userId: node.user_id } as const;
    this.#scoped = root.as(scope);
    this.#lease = new Lease({
      name: `The node ${node.name}`,
      renew: () => updateNodeLease(this.#scoped, node.id, node.fence, LEASE_SECONDS),
      stops,
      fields: { run_id: node.run_id },
    });
    this.signal = this.#lease.signal;
    this.root = repeatingDatabase(root, this.signal);
    this.database = this.root.as(scope);
  }

  /** True when the claim itself is gone: another has the node, or the run was cancelled. */
  get isLost(): boolean {
    return this.#lease.lost.aborted;
  }

  /**
   * Writes the statements as one fenced transaction in one round trip, then rings the tasks that they wrote. Where the connection is lost it is not known whether
   * they were written: `done` tells, by a row that is there only then. With it they are written once, however often the connection is lost.
   * @throws FenceLost when the claim is lost; nothing was written then. DatabaseAway without `done`, or when the claim was lost meanwhile.
   */
  async commit(statements: readonly Statement[], done?: Statement): Promise<void> {
    const { node } = this;
    const write = async () =>
      (await this.#scoped.queryAll([holdNode(node.run_id, node.id, node.fence), ...statements])).flat();
    let mayBeDone = false;
    const writeOnce = async () => {
      if (mayBeDone && done !== undefined) {
        // The run's lock waits for what a lost connection may still be doing.
        const [, found = []] = await this.#scoped.queryAll([lockRun(node.run_id), done]);
        if (found.length > 0) return found;
      }
      mayBeDone = true;
      return write();
    };
    const rows = await (done === undefined ? write() : repeatWhileAway(writeOnce, this.#lease.lost)).catch(
      (error: unknown) => {
        if (error instanceof FenceLost) this.#lease.lose();
        throw error;
      },
    );
    await ringAll(rows);
  }

  /** Ends the claim with the node's next task, at once or after some seconds. */
  async release(statements: readonly Statement[] = [], wakeAfterSeconds?: number): Promise<void> {
    this.#lease.end();
    await this.commit([...statements, ringNode(this.node.id, wakeAfterSeconds)], findRungTask(this.node));
    await this.stop();
  }

  /** Stops renewing. What is not released ends with its lease. */
  stop(): Promise<void> {
    return this.#lease.stop();
  }
}

/** The queue's clock is not the database's: a task that comes before its node is due does nothing, and its node stands still until a sweeper finds it. */
export const CLOCK_MARGIN_MS = 250;

/** Rings every task that the rows of `ring_node` tell of. */
export async function ringAll(rows: readonly Row[]): Promise<void> {
  for (const row of rows) {
    if (typeof row.task_name !== 'string') continue;
    const task: Task = { name: row.task_name, queue: TakeTurn.queue, step: TakeTurn.step, payload: row.payload };
    const dueAt = typeof row.not_before === 'string' ? Date.parse(row.not_before) + CLOCK_MARGIN_MS : undefined;
    await sendToQueue(dueAt === undefined ? task : { ...task, notBefore: new Date(dueAt) });
  }
}
