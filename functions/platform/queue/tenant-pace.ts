/** What one tenant's tasks may take of a queue that dispatches 500 a second, from each process: a tenth, after a burst. */
const TASKS_PER_SECOND = 50;
const BURST = 200;
/** Beyond this many, tenants whose pace has run out are forgotten. */
const REMEMBERED = 10_000;

/**
 * When a task should become due, so that one tenant with a hundred thousand of them leaves the queue to the others: up to the burst at once, the rest evenly after
 * it, in the order in which they come. It holds for this process; a flood comes from few of them, because those who take work off a queue are paced by it.
 */
export class TenantPace {
  /** When a tenant's next task would be due if he had no burst. */
  readonly #next = new Map<string, number>();

  /** Undefined when it may be due at once. A task that has a time of its own is due then, and counts as one of now. */
  dueAt(tenant: string, notBefore: Date | undefined, now = Date.now()): Date | undefined {
    const gap = 1000 / TASKS_PER_SECOND;
    const next = Math.max(this.#next.get(tenant) ?? 0, now - (BURST - 1) * gap);
    this.#next.set(tenant, next + gap);
    if (this.#next.size > REMEMBERED) this.#forget(now);
    const due = Math.max(next, notBefore?.getTime() ?? 0);
    return due > now ? new Date(due) : undefined;
  }

  #forget(now: number): void {
    for (const [tenant, next] of this.#next) if (next <= now) this.#next.delete(tenant);
  }
}
