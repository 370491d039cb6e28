/**
 * Who is next where many tenants wait for few places. Tenants take turns, so how much one of them has waiting is nobody else's matter; of one tenant, whoever
 * came first is first. And a tenant that has filled all places does not close the door: a quarter more are kept for those who have few, because a place may be
 * held for minutes. Every operation costs the same however many wait.
 */
export class FairLine<Item> {
  readonly #places: number;
  readonly #spare: number;
  /** In the order in which tenants have their turns; whoever had his goes to the end. */
  readonly #waiting = new Map<string, Waiting<Item>>();
  readonly #running = new Map<string, number>();
  #taken = 0;

  constructor(places: number) {
    this.#places = places;
    this.#spare = Math.ceil(places / 4);
  }

  add(tenant: string, item: Item): void {
    const waiting = this.#waiting.get(tenant);
    if (waiting) waiting.items.push(item);
    else this.#waiting.set(tenant, { items: [item], first: 0 });
  }

  /** Takes a place for the next one. Undefined when nobody waits who may have one now. */
  take(): { tenant: string; item: Item } | undefined {
    for (const [tenant, waiting] of this.#waiting) {
      if (!this.#hasPlaceFor(tenant)) continue;
      const item = waiting.items[waiting.first];
      if (item === undefined) throw new Error('A tenant without anybody waiting stands in line');
      this.#step(tenant, waiting);
      this.#taken += 1;
      this.#running.set(tenant, (this.#running.get(tenant) ?? 0) + 1);
      return { tenant, item };
    }
    return undefined;
  }

  /** The place that a tenant took is free again. */
  leave(tenant: string): void {
    this.#taken -= 1;
    const running = (this.#running.get(tenant) ?? 0) - 1;
    if (running > 0) this.#running.set(tenant, running);
    else this.#running.delete(tenant);
  }

  #hasPlaceFor(tenant: string): boolean {
    if (this.#taken < this.#places) return true;
    return this.#taken < this.#places + this.#spare && (this.#running.get(tenant) ?? 0) < this.#spare;
  }

  /** The tenant's first leaves the line, and the tenant goes to its end. */
  #step(tenant: string, waiting: Waiting<Item>): void {
    this.#waiting.delete(tenant);
    waiting.first += 1;
    if (waiting.first === waiting.items.length) return;
    // Shifting a long array costs its length; this costs it once in so many times.
    if (waiting.first >= COMPACT_AFTER) {
      waiting.items = waiting.items.slice(waiting.first);
      waiting.first = 0;
    }
    this.#waiting.set(tenant, waiting);
  }
}

interface Waiting<Item> {
  items: Item[];
  first: number;
}

const COMPACT_AFTER = 10_000;
