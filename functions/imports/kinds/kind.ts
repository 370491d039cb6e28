import type { Database, Scoped, Transaction } from '../../platform/database/database.ts';

/** For whom and in which import items are written. */
export interface ImportScope {
  database: Database;
  /** Transactions of the user. */
  scoped: Scoped;
  tenantId: string;
  userId: string;
  importId: string;
  signal: AbortSignal;
}

/** An item as it is understood, before anything is written. */
export interface ParsedItem {
  /** Its id in the source; undefined: a hash of its content stands for it. */
  sourceId: string | undefined;
  title: string;
  /** What of the item cannot be kept as it is, in sentences for the user. */
  notes: string[];
  /** What this product has no place for. It is kept with the mapping. */
  rest: Record<string, unknown>;
  /** What counts as a change when it is imported again; left out: the whole item. */
  identity?: unknown;
  /** Returns what `prepare` would report of the item, and stores nothing: a dry run calls it instead. */
  check?(scope: ImportScope, targetId: string | undefined): Promise<string[]>;
  /**
   * Does what has to be done outside a transaction, such as storing images, and returns the function that writes the
   * item. `targetId` is ours when an earlier import wrote the item, in another version. `mappedId`
   * is the id of its mapping.
   */
  prepare(scope: ImportScope, targetId: string | undefined, mappedId: string): Promise<WriteItem>;
}

export type WriteItem = (transaction: Transaction) => Promise<WrittenItem>;

/** Without a target nothing was written: `skipped` says why. */
export type WrittenItem = { targetId: string; note?: string | undefined } | { skipped: string };

/** Reads an item of one kind. @throws UnreadableItem */
export type ParseItem = (value: Record<string, unknown>, key: string | undefined) => ParsedItem;

/** The item lacks what makes it what it is. The message is for the user. */
export class UnreadableItem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnreadableItem';
  }
}
