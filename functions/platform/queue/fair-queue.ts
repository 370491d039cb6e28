/**
 * A fair queue: many tenants wait for a few slots and take turns (round robin), so one tenant's backlog does not delay
 * the others. Items of one tenant are first in, first out. A quarter more slots are reserved for tenants that hold few,
 * because another tenant may hold all ordinary slots for minutes. Every operation takes constant time per waiting
 * tenant.
 */
export class FairQueue<Item> {
  readonly #places: number;
  readonly #spare: number;
  /** Waiting tenants in the order of their turns. A tenant moves to the end after its turn. */
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

  /** Takes a slot for the next item. Returns undefined when no waiting tenant may have a slot now. */
  take(): { tenant: string; item: Item } | undefined {
    for (const [tenant, waiting] of this.#waiting) {
      if (!this.#hasPlaceFor(tenant)) continue;
      const item = waiting.items[waiting.first];
      if (item === undefined) throw new Error('A tenant without items is waiting');
      this.#advance(tenant, waiting);
      this.#taken += 1;
      this.#running.set(tenant, (this.#running.get(tenant) ?? 0) + 1);
      return { tenant, item };
    }
    return undefined;
  }

  /** Frees a slot of the tenant. */
  release(tenant: string): void {
    this.#taken -= 1;
    const running = (this.#running.get(tenant) ?? 0) - 1;
    if (running > 0) this.#running.set(tenant, running);
    else this.#running.delete(tenant);
  }

  #hasPlaceFor(tenant: string): boolean {
    if (this.#taken < this.#places) return true;
    return this.#taken < this.#places + this.#spare && (this.#running.get(tenant) ?? 0) < this.#spare;
  }

  /** Removes the tenant's first item and moves the tenant to the end. */
  #advance(tenant: string, waiting: Waiting<Item>): void {
    this.#waiting.delete(tenant);
    waiting.first += 1;
    if (waiting.first === waiting.items.length) return;
    // Array.shift copies the whole array; this copies it once in COMPACT_AFTER items.
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
