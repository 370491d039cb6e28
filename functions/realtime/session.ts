import type { Caller, Database, Identity, Scoped } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { problemOf } from '../platform/http/answer.ts';
import { parseJson, parsePart } from '../platform/http/body.ts';
import { type Access, minimumRole } from '../platform/sign-in/access.ts';
import { CLOSE, type SocketConnection } from '../platform/websocket/connection.ts';
import { Answers } from './answers.ts';
import { type ChannelName, noChannel, readChannelName } from './channels/kinds.ts';
import { hubOf } from './hub.ts';
import type { Member } from './presence.ts';
import { ClientFrame, MOST_SUBSCRIPTIONS } from './protocol.ts';
import { findPerson, type PersonRow } from './sql/ticket.ts';

/** Every right is checked again after this time, and a third more at random, so within a minute. */
const RECHECK_MS = 40_000;

type SignedInAccess = Exclude<Access, 'public' | 'internal'>;

export interface SessionOptions {
  connection: SocketConnection;
  database: Database;
  identity: Identity;
  person: PersonRow;
  /** Tests set a shorter interval. */
  recheckMs?: number | undefined;
}

/** A connection whose caller is signed in: it handles their frames, one after the other. */
export class Session {
  readonly #connection: SocketConnection;
  readonly #database: Database;
  readonly #identity: Identity;
  readonly #caller: Caller;
  readonly #member: Member;
  readonly #following = new Map<string, { channel: ChannelName; stop: () => void }>();
  readonly #answers: Answers;
  readonly #recheckMs: number;
  #recheck: NodeJS.Timeout | undefined;

  constructor({ connection, database, identity, person, recheckMs = RECHECK_MS }: SessionOptions) {
    const { user_id: userId, tenant_id: tenantId, display_name: displayName, role } = person;
    this.#connection = connection;
    this.#database = database;
    this.#identity = identity;
    this.#caller = { userId, ownerId: userId, tenantId, role };
    this.#member = { connection, tenantId, userId, displayName };
    this.#answers = new Answers(connection, database);
    this.#recheckMs = recheckMs;
    this.#recheckLater();
  }

  /**
   * Handles a frame. A mistake is answered with the frame `error`, and the connection stays open. A failure of ours,
   * such as a database that restarts, closes it as well: clients resume after every end, so they need no other retry.
   */
  async receive(text: string): Promise<void> {
    let channel: string | undefined;
    try {
      const frame = parsePart(ClientFrame, parseJson(text), 'body');
      if ('channel' in frame) channel = frame.channel;
      await this.#handle(frame);
    } catch (error) {
      const problem = problemIn(error, this.#connection);
      this.#connection.send(errorFrame(problem, this.#connection, channel));
      if (problem.status >= 500) this.#connection.close(CLOSE.reconnect, 'reconnect and resume');
    }
  }

  #handle(frame: ClientFrame): Promise<void> | void {
    switch (frame.type) {
      case 'chat': {
        const { type: _, ...body } = frame;
        return this.#answers.ask(this.#as('chat:write'), body);
      }
      case 'subscribe':
        return this.subscribe(frame.channel, frame.after);
      case 'unsubscribe':
        return this.#unsubscribe(frame.channel);
      case 'presence':
        if (!this.#following.has(frame.channel)) throw noChannel();
        return this.#presence.set(this.#member, frame.channel, frame.state);
      case 'ping':
        return this.#connection.send({ type: 'pong' });
    }
  }

  /** Follows a channel; again when it is followed already, from another number. @throws Problem 400, 403, 404, 429 */
  async subscribe(name: string, after: number | undefined): Promise<void> {
    const channel = readChannelName(name);
    const wasFollowed = this.#stop(name);
    try {
      await this.#follow(name, channel, after);
    } catch (error) {
      if (wasFollowed) this.#presence.leave(this.#connection, name);
      throw error;
    }
  }

  async #follow(name: string, channel: ChannelName, after: number | undefined): Promise<void> {
    if (this.#following.size >= MOST_SUBSCRIPTIONS)
      throw new Problem('too-many-requests', `A connection follows at most ${MOST_SUBSCRIPTIONS} channels.`);
    const request = { connection: this.#connection, caller: this.#caller, channel, after };
    const stop = await hubOf(this.#database).follow({ ...request, read: this.#as(channel.kind.access) }, (seq) =>
      this.#connection.send({ type: 'subscribed', channel: name, seq }),
    );
    if (!this.#connection.isOpen) return stop();
    this.#following.set(name, { channel, stop });
    this.#presence.set(this.#member, name, 'viewing');
  }

  closed(): void {
    clearTimeout(this.#recheck);
    this.#answers.close();
    for (const name of [...this.#following.keys()]) this.#stop(name);
    this.#presence.leave(this.#connection);
  }

  get #presence() {
    return hubOf(this.#database).presence;
  }

  #unsubscribe(name: string): void {
    if (!this.#stop(name)) throw noChannel();
    this.#presence.leave(this.#connection, name);
    this.#connection.send({ type: 'unsubscribed', channel: name });
  }

  #stop(name: string): boolean {
    this.#following.get(name)?.stop();
    return this.#following.delete(name);
  }

  #as(access: SignedInAccess): Scoped {
    return callerScope(this.#database, this.#identity, access);
  }

  #recheckLater(): void {
    this.#recheck = setTimeout(() => void this.#checkRights(), this.#recheckMs * (1 + Math.random() / 3)).unref();
  }

  /** Closes the connection of a caller who has signed out or lost the key; ends what they may not follow any more. */
  async #checkRights(): Promise<void> {
    try {
      await findPerson(this.#as('signed-in'));
      for (const [name, { channel }] of [...this.#following]) {
        const seq = await channel.kind.authorise(this.#as(channel.kind.access), this.#caller, channel.id);
        if (seq !== undefined || !this.#stop(name)) continue;
        this.#presence.leave(this.#connection, name);
        this.#connection.send(errorFrame(noChannel(), this.#connection, name));
      }
    } catch (error) {
      const { kind } = problemIn(error, this.#connection);
      if (kind === 'unauthenticated' || kind === 'forbidden') this.#connection.close(CLOSE.signInFirst, kind);
    }
    if (this.#connection.isOpen) this.#recheckLater();
  }
}

/** Returns the database with a caller's rights. */
export function callerScope(database: Database, identity: Identity, access: SignedInAccess): Scoped {
  return database.as({ kind: 'caller', identity, access, minimumRole: minimumRole(access) });
}

/** Returns the problem for what was thrown, as the HTTP API has it. What is our fault is logged. */
export function problemIn(error: unknown, { requestId }: SocketConnection): Problem {
  return problemOf(error, { requestId, function: 'realtime' });
}

/** Returns the frame that says what went wrong. */
export function errorFrame(problem: Problem, { requestId }: SocketConnection, channel?: string): object {
  const about = channel === undefined ? {} : { channel };
  return { type: 'error', error: problem.kind, ...about, detail: problem.message, request_id: requestId };
}
