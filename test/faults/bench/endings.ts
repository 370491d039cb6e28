import type { Owner } from './owner.ts';
import { poll } from './poll.ts';

/** Waits for runs to end and for the memory to learn from them. One query at an interval serves all waiting callers. */
export interface Endings {
  /**
   * Resolves when all these runs have ended.
   * @throws Error with the number of stuck runs after `patienceMs` or when the signal is aborted
   */
  of(ids: readonly string[], patienceMs: number, signal?: AbortSignal): Promise<void>;
  close(): void;
}

export function watchEndings(pool: Owner): Endings {
  const waiting = new Map<string, Set<() => void>>();
  const look = async () => {
    const { rows } = await pool.query<{ id: string }>(
      `select s.id from sessions s where s.id = any($1) and s.completed_at is not null
        and not exists (select from memory_sessions m where m.id = s.id and m.status = 'pending')`,
      [[...waiting.keys()]],
    );
    for (const { id } of rows) {
      for (const tell of waiting.get(id) ?? []) tell();
      waiting.delete(id);
    }
  };
  const close = poll(() => waiting.size > 0, look);
  return {
    of: async (ids, patienceMs, signal) => {
      const left = new Set(ids);
      const done = Promise.withResolvers<void>();
      if (left.size === 0) return;
      for (const id of ids) {
        const tell = () => {
          left.delete(id);
          if (left.size === 0) done.resolve();
        };
        waiting.set(id, (waiting.get(id) ?? new Set()).add(tell));
      }
      const giveUp = () => done.reject(new Error(`${left.size} of ${ids.length} runs are stuck`));
      const patience = setTimeout(giveUp, patienceMs);
      signal?.addEventListener('abort', giveUp, { once: true });
      await done.promise.finally(() => {
        clearTimeout(patience);
        signal?.removeEventListener('abort', giveUp);
      });
    },
    close,
  };
}
