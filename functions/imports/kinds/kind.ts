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
  /** When the source last changed it, if the source tells: an older version is not imported over a newer one. */
  updatedAt?: string | undefined;
  /** What counts as a change when it is imported again; left out: the whole item. */
  identity?: unknown;
  /** Returns what `prepare` would report of the item, and stores nothing: a dry run calls it instead. */
  check?(scope: ImportScope, earlier: EarlierItem | undefined): Promise<{ notes: string[] } | { skipped: string }>;
  /**
   * Does what has to be done outside a transaction, such as storing images, and returns the function that writes the
   * item. `earlier` is what an earlier import wrote of the item, in another version. `mappedId` is the id of its
   * mapping.
   */
  prepare(scope: ImportScope, earlier: EarlierItem | undefined, mappedId: string): Promise<WriteItem>;
}

export type WriteItem = (transaction: Transaction) => Promise<WrittenItem>;

/** What an earlier import wrote: our id, and hashes of what the user can change here, by the names of the fields. */
export interface EarlierItem {
  targetId: string;
  fields: Readonly<Record<string, string>>;
}

/** Without a target nothing was written: `skipped` says why. `fields` are kept for the next import of the item. */
export type WrittenItem =
  | { targetId: string; note?: string | undefined; fields?: EarlierItem['fields'] }
  | { skipped: string };

/** Reads an item of one kind. @throws UnreadableItem */
export type ParseItem = (value: Record<string, unknown>, key: string | undefined) => ParsedItem;

/** The item lacks what makes it what it is. The message is for the user. */
export class UnreadableItem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnreadableItem';
  }
}
