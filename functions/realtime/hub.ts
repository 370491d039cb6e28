import type { Caller, Database, Queryable } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import type { SocketConnection } from '../platform/websocket/connection.ts';
import type { ChannelKind } from './channels/channel-kind.ts';
import { type ChannelName, noChannel } from './channels/kinds.ts';
import { Feed } from './feed.ts';
import { Presence } from './presence.ts';

/** Who follows a channel. */
export interface FollowRequest {
  connection: SocketConnection;
  caller: Caller;
  /** Reads with the caller's rights. */
  read: Queryable;
  channel: ChannelName;
  /** The number of the last event that the client has; undefined to begin with the next one. */
  after: number | undefined;
}

interface Entry {
  feed: Feed;
  tenantId: string;
}

/** The feeds of this process: one for each channel that a connection follows, or one for each user of it. */
export class Hub {
  readonly presence: Presence;
  readonly #database: Database;
  /** By channel and by user; the user of a shared feed is ''. */
  readonly #feeds = new Map<string, Map<string, Entry>>();
  readonly #listening = new Map<ChannelKind, Promise<unknown>>();

  constructor(database: Database) {
    this.#database = database;
    this.presence = new Presence(database);
  }

  /**
   * Follows a channel. `begin` gets the number of its last event, and runs before the first event is written. Returns
   * the function that stops.
   * @throws Problem 400 for a number that the channel does not have yet, 404 for a channel that the caller cannot read
   */
  async follow(request: FollowRequest, begin: (seq: number) => void): Promise<() => void> {
    const { connection, caller, read, channel, after } = request;
    // First, so that no event is missed between the number and the first notification.
    await this.#listen(channel.kind);
    const seq = await channel.kind.authorise(read, caller, channel.id);
    if (seq === undefined) throw noChannel();
    if (after !== undefined && after > seq)
      throw new Problem('malformed-request', `The channel has no event ${after} yet; its last event is ${seq}.`);
    const { tenantId, userId } = caller;
    const user = channel.kind.isPersonal ? userId : '';
    const feeds = this.#feeds.get(channel.text) ?? new Map<string, Entry>();
    const rights = { kind: 'tenant' as const, tenantId, ...(channel.kind.isPersonal ? { userId } : {}) };
    const entry = feeds.get(user) ?? { feed: new Feed(channel, this.#database.as(rights), seq), tenantId };
    if (entry.tenantId !== tenantId) throw noChannel();
    this.#feeds.set(channel.text, feeds.set(user, entry));
    begin(seq);
    const follower = entry.feed.add(connection, after ?? seq);
    return () => {
      entry.feed.remove(follower);
      if (entry.feed.isEmpty && feeds.get(user) === entry) feeds.delete(user);
      if (feeds.size === 0 && this.#feeds.get(channel.text) === feeds) this.#feeds.delete(channel.text);
    };
  }

  /** Hears a kind's notifications from now on. They reach every process, which drops those of channels it has not. */
  #listen(kind: ChannelKind): Promise<unknown> {
    const known = this.#listening.get(kind);
    if (known !== undefined) return known;
    const { events, transient } = kind.notifications;
    const eachFeed = (id: string, act: (feed: Feed) => void) => {
      for (const { feed } of this.#feeds.get(`${kind.prefix}:${id}`)?.values() ?? []) act(feed);
    };
    const starting = Promise.all([
      this.#database.listen(events, (id) => eachFeed(id, (feed) => feed.wake())),
      transient &&
        this.#database.listen(transient.channel, (payload) => {
          if (this.#feeds.size === 0) return;
          const heard = transient.read(payload);
          if (heard === undefined) return;
          const { type, ...fields } = heard.frame;
          eachFeed(heard.id, (feed) => feed.pass({ type, channel: `${kind.prefix}:${heard.id}`, ...fields }));
        }),
    ]);
    this.#listening.set(kind, starting);
    starting.catch(() => this.#listening.delete(kind));
    return starting;
  }
}

const hubs = new WeakMap<Database, Hub>();

/** Returns the hub of this process. */
export function hubOf(database: Database): Hub {
  const hub = hubs.get(database) ?? new Hub(database);
  hubs.set(database, hub);
  return hub;
}
