import type { Owner } from './owner.ts';

/** Waits for runs to end and for the memory to learn from them. One query at an interval serves all waiting callers. */
export interface Endings {
  /**
   * Resolves when all these runs have ended.
   * @throws Error with the number of stuck runs after `patienceMs` or when the signal is aborted
   */
  of(ids: readonly string[], patienceMs: number, signal?: AbortSignal): Promise<void>;
  close(): void;
}

const LOOK_MS = 200;

export function watchEndings(pool: Owner): Endings {
  const waiting = new Map<string, Set<() => void>>();
  let isLooking = false;
  const look = async () => {
    if (isLooking || waiting.size === 0) return;
    isLooking = true;
    try {
      const { rows } = await pool.query<{ id: string }>(
        `select s.id from sessions s where s.id = any($1) and s.completed_at is not null
          and not exists (select from memory_sessions m where m.id = s.id and m.status = 'pending')`,
        [[...waiting.keys()]],
      );
      for (const { id } of rows) {
        for (const tell of waiting.get(id) ?? []) tell();
        waiting.delete(id);
      }
    } catch {
      // The database is being restarted.
    } finally {
      isLooking = false;
    }
  };
  const timer = setInterval(() => void look(), LOOK_MS);
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
    close: () => clearInterval(timer),
  };
}
