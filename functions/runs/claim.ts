import { hostname } from 'node:os';
import type { Row, Statement } from '../platform/database/batch.ts';
import type { Database, Queryable, Scoped } from '../platform/database/database.ts';
import { repeatingDatabase, repeatWhileAway } from '../platform/database/repeat-while-away.ts';
import { FenceLost } from '../platform/errors.ts';
import { LEASE_SECONDS, Lease } from '../platform/lease.ts';
import { isRunning, OWN_PROCESS } from '../platform/process/process-life.ts';
import { isQueue, sendToQueue } from '../platform/queue/enqueue.ts';
import type { Task } from '../platform/queue/task.ts';
import type { RunEvent } from './events/event.ts';
import { TakeTurn } from './run.ts';
import { type ClaimedNode, holdNode, type NodeRelease, releaseNode, updateNodeLease } from './sql/claim.ts';
import { expireLeases, findNextTurnTask, listLeaseHolders } from './sql/lease.ts';
import { lockRun } from './sql/run.ts';

/** What a claim writes in one transaction. */
export interface ClaimWrite {
  /** Appended to the run, in this order. */
  events?: readonly RunEvent[] | undefined;
  /** The first statement, which checks the fence and appends the events. {@link holdNode} by default. */
  hold?: ((events: readonly RunEvent[]) => Statement) | undefined;
  statements?: readonly Statement[] | undefined;
  /** Returns a row only after the commit. */
  done?: Statement;
}

/** How a node ends. */
export type NodeEnd =
  | { status: 'completed'; result: string }
  | { status: 'failed'; error: string }
  | { status: 'cost_exceeded'; error: string };

/** What a kind of node writes in the transaction that ends a node. */
export type WritesAtEnd = (claim: Claim, end: NodeEnd) => { tasks?: Task[]; statements?: Statement[] };

type ClaimRelease = Partial<Pick<ClaimWrite, 'events' | 'statements'>> & NodeRelease;

/**
 * A worker's exclusive right to one node, until the claim is released, lost or cancelled. Every write goes through
 * {@link Claim.commit}, which checks the fence in the same transaction. `signal` aborts work outside the database as
 * soon as the claim is lost or the process stops.
 */
export class Claim {
  readonly tenantId: string;
  /**
   * The database in the scope of the run's tenant and user. Each query is its own transaction and is retried while the
   * database is unavailable.
   */
  readonly database: Scoped;
  /** The unscoped database, with the same retries. A statement may run twice, so it must be idempotent. */
  readonly root: Database;
  readonly signal: AbortSignal;
  /** Returns what is written in the transaction that ends the node. */
  writesAtEnd: WritesAtEnd = () => ({});
  readonly #lease: Lease;
  readonly #scoped: Scoped;
  #node: ClaimedNode;

  constructor(node: ClaimedNode, tenantId: string, root: Database, stops: readonly AbortSignal[]) {
    this.#node = node;
    this.tenantId = tenantId;
    const scope = { kind: 'tenant', tenantId, userId: node.user_id } as const;
    this.#scoped = root.as(scope);
    this.#lease = new Lease({
      name: `The node ${node.name}`,
      renew: async () => {
        const renewed = await updateNodeLease(this.#scoped, node.id, node.fence, LEASE_SECONDS);
        this.#node = { ...this.#node, ...renewed };
        return renewed !== undefined;
      },
      stops,
      fields: { run_id: node.run_id },
    });
    this.signal = this.#lease.signal;
    this.root = repeatingDatabase(root, this.signal);
    this.database = this.root.as(scope);
  }

  /** The node in its current turn, with `has_budget` and `tenant_hosts` as of the last renewal of the lease. */
  get node(): ClaimedNode {
    return this.#node;
  }

  /** Goes on with the node's next turn, after its start was recorded as the first attempt. */
  startTurn(turn: number, prompt: ClaimedNode['prompt']): void {
    this.#node = { ...this.#node, turn, prompt, attempts: 1, has_waited: false, postponed_seconds: 0 };
  }

  /** Whether the claim is lost: another worker has claimed the node, or the run was cancelled. */
  get isLost(): boolean {
    return this.#lease.lost.aborted;
  }

  /**
   * Writes the events and the statements in one fenced transaction and one round trip, then pushes the tasks that they
   * wrote to the queue. When the connection is lost, it is unknown whether the transaction was committed. `done` is a
   * query that returns a row only after the commit; with it the statements are written exactly once, however often the
   * connection is lost.
   * @throws FenceLost when the claim is lost; then nothing was written. DatabaseAway when the connection is lost and
   * `done` is missing, or the claim was lost in the meantime.
   */
  async commit({ events = [], hold, statements = [], done }: ClaimWrite): Promise<void> {
    const { node } = this;
    const first = hold?.(events) ?? holdNode(node, events);
    const write = async () => (await this.#scoped.queryAll([first, ...statements])).flat();
    let mayBeCommitted = false;
    const writeOnce = async () => {
      if (mayBeCommitted && done !== undefined) {
        // Taking the run's lock waits until the transaction of the lost connection has ended.
        const [, found = []] = await this.#scoped.queryAll([lockRun(node.run_id), done]);
        if (found.length > 0) return found;
      }
      mayBeCommitted = true;
      return write();
    };
    const rows = await (done === undefined ? write() : repeatWhileAway(writeOnce, this.#lease.lost)).catch(
      (error: unknown) => {
        if (error instanceof FenceLost) this.#lease.lose();
        throw error;
      },
    );
    await pushTurns(rows);
  }

  /**
   * Releases the claim and enqueues the node's next turn, at once or after a delay. `result` is recorded with it: the
   * result of the turn's last call.
   */
  async release({ events, statements, ...release }: ClaimRelease): Promise<void> {
    this.#lease.end();
    await this.commit({
      events,
      hold: (appended) => releaseNode(this.node, appended, release),
      statements,
      done: findNextTurnTask(this.node),
    });
    await this.stop();
  }

  /** Stops renewing the lease. A claim that was not released ends when its lease expires. */
  stop(): Promise<void> {
    return this.#lease.stop();
  }
}

/**
 * Added to the due time of a task, because the clocks of the queue and the database differ. A task that arrives before
 * its node is due does nothing, and the node would then wait for the sweeper.
 */
export const CLOCK_MARGIN_MS = 250;

/**
 * Pushes every task that the rows of `ring_node`, `release_node` and `insertReturnedTask` describe to the queue.
 */
export async function pushTurns(rows: readonly Row[]): Promise<void> {
  for (const row of rows) {
    const { task_name: name, step, payload } = row;
    if (typeof name !== 'string' || typeof step !== 'string') continue;
    const task: Task = { name, queue: isQueue(row.queue) ? row.queue : TakeTurn.queue, step, payload };
    const dueAt = typeof row.not_before === 'string' ? Date.parse(row.not_before) + CLOCK_MARGIN_MS : undefined;
    await sendToQueue(dueAt === undefined ? task : { ...task, notBefore: new Date(dueAt) });
  }
}

/** This process as the holder of a claim: `host/pid start`. */
export const HOLDER = `${hostname()}/${OWN_PROCESS}`;

/**
 * Ends the leases of processes of this machine that no longer run, so that a laptop whose server was killed continues
 * at its next start without waiting for the leases to expire. Processes of other machines cannot be checked and keep
 * their leases.
 * @returns the number of leases that were ended
 */
export async function expireDeadLeases(system: Queryable): Promise<number> {
  const holders = await listLeaseHolders(system);
  const dead = holders.filter((holder) => {
    const [host, life = ''] = holder.split('/');
    return host === hostname() && !isRunning(life);
  });
  return dead.length === 0 ? 0 : expireLeases(system, dead);
}
