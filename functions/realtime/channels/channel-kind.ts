import type { Caller, Queryable } from '../../platform/database/database.ts';
import type { Scope } from '../../platform/sign-in/access.ts';

/** An event with its number in the channel, as clients get it: `{type, channel, seq, …}`. */
export interface NumberedFrame {
  seq: number;
  frame: { type: string } & Record<string, unknown>;
}

/**
 * A kind of channel that clients can follow. To add one, write a file in this folder that exports a `ChannelKind`, add
 * it to `CHANNEL_KINDS` in kinds.ts, and notify listeners in the transaction of each new event:
 * `pg_notify(<events>, <id>)`. Numbers must follow the order of the commits, and have no gaps but for events that a
 * reader may not see.
 */
export interface ChannelKind {
  /** `run` in `run:run_01j…`. */
  prefix: string;
  /** The scope that a caller needs. */
  access: Scope;
  /** Whether a text has the form of an id of this kind. */
  isId(id: string): boolean;
  /**
   * Returns the number of the channel's last event, or undefined when the caller may not read it or there is no such
   * thing. `read` has the caller's rights. Called again every minute of a subscription.
   */
  authorise(read: Queryable, caller: Caller, id: string): Promise<number | undefined>;
  /**
   * Not every user who may follow the channel sees every event: each gets a feed of their own, which reads with their
   * rights. Otherwise all users share one feed, which reads with the rights of the tenant.
   */
  isPersonal?: true;
  /** Lists the events after a number, oldest first. */
  listAfter(read: Queryable, id: string, page: { after: number; limit: number }): Promise<NumberedFrame[]>;
  notifications: {
    /** The channel of PostgreSQL notifications of new events. The payload is the id. */
    events: string;
    /** Notifications whose payload is itself sent to those who listen, without a number: text that is being written. */
    transient?: {
      channel: string;
      read(payload: string): { id: string; frame: { type: string } & Record<string, unknown> } | undefined;
    };
  };
}
