import { createAlarm } from '../platform/alarm.ts';
import type { Queryable } from '../platform/database/database.ts';
import { log } from '../platform/log.ts';
import { CLOSE, type SocketConnection } from '../platform/websocket/connection.ts';
import { textFrame } from '../platform/websocket/text-frame.ts';
import type { NumberedFrame } from './channels/channel-kind.ts';
import type { ChannelName } from './channels/kinds.ts';

/** Notifications can be lost, so the table is also read at this interval. */
const POLL_MS = 2_000;
const PAGE = 100;
/**
 * A client with more unsent bytes gets no new events until it has read them; then it is read the events that it missed.
 * 1,000 clients that do not read hold 256 MB of the 1 GB of an instance until their ping has failed.
 */
const MOST_UNSENT = 256 * 1024;

/** A connection that follows a channel. */
export interface Follower {
  connection: SocketConnection;
  /** The number of the last event that was written to the connection. */
  last: number;
  /** It reads events by itself, because it began earlier than the feed or is slow. It gets no transient frames. */
  isBehind: boolean;
}

/** An event as the bytes that every follower gets. */
interface SentEvent {
  seq: number;
  bytes: Buffer;
}

/**
 * The one reader of a channel in this process. It reads each new event once, for the tenant, makes its frame once, and
 * writes the same bytes to all followers.
 */
export class Feed {
  readonly #channel: ChannelName;
  readonly #read: Queryable;
  readonly #followers = new Set<Follower>();
  readonly #alarm = createAlarm();
  /** The number of the last event that was written to the followers. */
  #last: number;
  /** A notification came and the events are not read yet. */
  #isDue = false;
  #isReading = false;
  /** Transient frames that came after a notification whose events are not written yet. */
  #held: Buffer[] = [];
  #isRunning = false;

  constructor(channel: ChannelName, read: Queryable, last: number) {
    this.#channel = channel;
    this.#read = read;
    this.#last = last;
  }

  get isEmpty(): boolean {
    return this.#followers.size === 0;
  }

  /** Adds a follower, who gets every event after the number once and in order. */
  add(connection: SocketConnection, after: number): Follower {
    const follower = { connection, last: after, isBehind: false };
    this.#followers.add(follower);
    if (after < this.#last) this.#fallBehind(follower);
    if (!this.#isRunning) void this.#run();
    return follower;
  }

  remove(follower: Follower): void {
    this.#followers.delete(follower);
    if (this.isEmpty) this.#alarm.wake();
  }

  /** There are new events. */
  wake(): void {
    this.#isDue = true;
    this.#alarm.wake();
  }

  /** Writes a frame without a number to those who listen. It waits for the events that were notified before it. */
  pass(frame: object): void {
    const bytes = textFrame(JSON.stringify(frame));
    if (this.#isDue || this.#isReading) this.#held.push(bytes);
    else this.#passNow(bytes);
  }

  /** Writes a frame to every follower. */
  tell(bytes: Buffer): void {
    for (const { connection } of this.#followers) connection.write(bytes);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (!this.isEmpty) {
      this.#isReading = true;
      try {
        await this.#readNew();
      } catch (error) {
        log('warning', 'channel not read; the next poll tries again', { channel: this.#channel.text, error });
      }
      this.#isReading = false;
      if (this.#held.length > 0) this.#passNow(Buffer.concat(this.#held.splice(0)));
      await this.#alarm.wait(POLL_MS);
    }
    this.#isRunning = false;
  }

  async #readNew(): Promise<void> {
    do {
      this.#isDue = false;
      const events = await this.#list(this.#last);
      this.#broadcast(events);
      this.#isDue ||= events.length === PAGE;
    } while (this.#isDue && !this.isEmpty);
  }

  #broadcast(events: readonly SentEvent[]): void {
    const before = this.#last;
    const last = events.at(-1)?.seq;
    if (last === undefined) return;
    this.#last = last;
    const bytes = bytesOf(events);
    for (const follower of this.#followers) {
      if (follower.isBehind) continue;
      // A follower who began at a newer number than this feed has read already has the first events.
      const own = follower.last <= before ? bytes : bytesOf(events.filter(({ seq }) => seq > follower.last));
      follower.connection.write(own);
      follower.last = Math.max(follower.last, last);
      if (follower.connection.unsent > MOST_UNSENT) this.#fallBehind(follower);
    }
  }

  #passNow(bytes: Buffer): void {
    for (const { connection, isBehind } of this.#followers) {
      if (!isBehind && connection.unsent <= MOST_UNSENT) connection.write(bytes);
    }
  }

  #fallBehind(follower: Follower): void {
    follower.isBehind = true;
    void catchUpInTurn(follower.connection, () => this.#catchUp(follower));
  }

  /** Reads a follower the events up to the last one of this feed. */
  async #catchUp(follower: Follower): Promise<void> {
    const { connection } = follower;
    while (this.#followers.has(follower) && connection.isOpen) {
      if (connection.unsent > MOST_UNSENT) await connection.drained();
      const events = follower.last < this.#last ? await this.#list(follower.last) : [];
      connection.write(bytesOf(events));
      follower.last = events.at(-1)?.seq ?? follower.last;
      if (follower.last < this.#last && events.length > 0) continue;
      follower.isBehind = false;
      return;
    }
  }

  async #list(after: number): Promise<SentEvent[]> {
    const { kind, id } = this.#channel;
    return (await kind.listAfter(this.#read, id, { after, limit: PAGE })).map((event) => this.#toSent(event));
  }

  #toSent({ seq, frame: { type, ...fields } }: NumberedFrame): SentEvent {
    return { seq, bytes: textFrame(JSON.stringify({ type, channel: this.#channel.text, seq, ...fields })) };
  }
}

function bytesOf(events: readonly SentEvent[]): Buffer {
  const [first] = events;
  return events.length === 1 && first !== undefined ? first.bytes : Buffer.concat(events.map(({ bytes }) => bytes));
}

const catchingUp = new WeakMap<SocketConnection, Promise<void>>();

/** Lets one follower of a connection catch up at a time, so that its unsent bytes stay bounded. */
function catchUpInTurn(connection: SocketConnection, catchUp: () => Promise<void>): Promise<void> {
  const turn = (catchingUp.get(connection) ?? Promise.resolve()).then(catchUp).catch((error: unknown) => {
    log('warning', 'follower did not catch up', { request_id: connection.requestId, error });
    connection.close(CLOSE.reconnect, 'reconnect and resume');
  });
  catchingUp.set(connection, turn);
  return turn;
}
