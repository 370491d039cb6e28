import type { Owner } from '../bench/owner.ts';
import { poll } from '../bench/poll.ts';

/** Measures how long the nodes of a killed worker are stalled, until they are claimed again or have ended. */
export interface Recovery {
  /** Seconds, one for each node. */
  seconds: number[];
  /** Begins to watch the nodes that the process had claimed. */
  watch(pid: number): void;
  /** Number of nodes that were not claimed again. */
  waiting(): number;
  close(): void;
}

export function watchRecovery(pool: Owner): Recovery {
  const seconds: number[] = [];
  const waiting = new Map<string, { fence: number; since: number }>();
  const look = async () => {
    const { rows } = await pool.query<{ id: string; fence: string; status: string }>(
      'select id, fence, status from run_nodes where id = any($1)',
      [[...waiting.keys()]],
    );
    for (const { id, fence, status } of rows) {
      const node = waiting.get(id);
      if (node === undefined || (Number(fence) <= node.fence && status === 'running')) continue;
      seconds.push((performance.now() - node.since) / 1_000);
      waiting.delete(id);
    }
  };
  const close = poll(() => waiting.size > 0, look);
  return {
    seconds,
    watch: (pid) => {
      const since = performance.now();
      void pool
        .query<{ id: string; fence: string }>(
          `select id, fence from run_nodes
            where status = 'running' and lease_until is not null and split_part(split_part(holder, '/', 2), ' ', 1) = $1`,
          [String(pid)],
        )
        .then(({ rows }) => {
          for (const { id, fence } of rows) if (!waiting.has(id)) waiting.set(id, { fence: Number(fence), since });
        })
        .catch(() => undefined);
    },
    waiting: () => waiting.size,
    close,
  };
}
