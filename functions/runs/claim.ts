import type { Row, Statement } from '../platform/database/batch.ts';
import type { Database, Scoped } from '../platform/database/database.ts';
import { environment } from '../platform/environment.ts';
import { FenceLost } from '../platform/errors.ts';
import { log } from '../platform/log.ts';
import { ring, type Task } from '../platform/queue/task.ts';
import { TakeTurn } from './run.ts';
import { type ClaimedNode, holdNode, ringNode, updateNodeLease } from './sql/node.ts';
import { lockRun } from './sql/run.ts';

/** How long a claim lasts without renewal. A laptop that was killed goes on soon after its restart; in the cloud a slow database must not cost claims. */
export const LEASE_SECONDS = environment.LEASE_SECONDS ?? (environment.isCloud ? 60 : 6);
/** A claim is renewed this often at least, because that is also how a worker notices that its run was cancelled. */
const LONGEST_HEARTBEAT_MS = 2_000;

/**
 * A worker's right to one node, until it is released, lost or cancelled. Every write goes through {@link Claim.commit}, which checks the
 * fence in the same transaction; `signal` aborts what runs outside the database as soon as the claim is lost or the process is stopped.
 */
export class Claim {
  readonly node: ClaimedNode;
  readonly tenantId: string;
  /** The run's tenant and person; each query is a transaction of its own. */
  readonly database: Scoped;
  readonly root: Database;
  readonly signal: AbortSignal;
  readonly #lost = new AbortController();
  readonly #heartbeat: NodeJS.Timeout;
  #beating: Promise<void> = Promise.resolve();

  constructor(node: ClaimedNode, tenantId: string, root: Database, stops: readonly AbortSignal[]) {
    this.node = node;
    this.tenantId = tenantId;
    this.root = root;
    this.database = root.as({ kind: 'tenant', tenantId, userId: node.user_id });
    this.signal = AbortSignal.any([this.#lost.signal, ...stops]);
    this.#heartbeat = setInterval(
      () => {
        this.#beating = this.#beat();
      },
      Math.min((LEASE_SECONDS * 1000) / 3, LONGEST_HEARTBEAT_MS),
    );
  }

  /** True when the claim itself is gone: another has the node, or the run was cancelled. */
  get isLost(): boolean {
    return this.#lost.signal.aborted;
  }

  /**
   * Writes the statements as one fenced transaction in one round trip, then rings the tasks that they wrote.
   * @throws FenceLost when the claim is lost; nothing was written then.
   */
  async commit(statements: readonly Statement[]): Promise<void> {
    const results = await this.database
      .queryAll([lockRun(this.node.run_id), holdNode(this.node.id, this.node.fence), ...statements])
      .catch((error: unknown) => {
        if (error instanceof FenceLost) this.#lose();
        throw error;
      });
    await ringAll(results.flat());
  }

  /** Ends the claim with the node's next task, at once or after some seconds. */
  async release(statements: readonly Statement[] = [], wakeAfterSeconds?: number): Promise<void> {
    await this.commit([...statements, ringNode(this.node.id, wakeAfterSeconds)]);
    await this.stop();
  }

  /** Stops renewing. What is not released ends with its lease. */
  async stop(): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#beating;
  }

  async #beat(): Promise<void> {
    try {
      const held = await updateNodeLease(this.database, this.node.id, this.node.fence, LEASE_SECONDS);
      if (!held) this.#lose();
    } catch (error) {
      // Rule 4 of the engine: a renewal that fails stops the work; whoever claims next goes on from what is recorded.
      log('warning', 'a lease could not be renewed', { run_id: this.node.run_id, error });
      this.#lose();
    }
  }

  #lose(): void {
    clearInterval(this.#heartbeat);
    this.#lost.abort(new FenceLost(`The node ${this.node.name}`));
  }
}

/** Rings every task that the rows of `ring_node` tell of. */
export async function ringAll(rows: readonly Row[]): Promise<void> {
  for (const row of rows) {
    if (typeof row.task_name !== 'string') continue;
    const task: Task = { name: row.task_name, queue: TakeTurn.queue, step: TakeTurn.step, payload: row.payload };
    await ring(typeof row.not_before === 'string' ? { ...task, notBefore: new Date(row.not_before) } : task);
  }
}
