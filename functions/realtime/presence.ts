import type { Database } from '../platform/database/database.ts';
import { log } from '../platform/log.ts';
import type { SocketConnection } from '../platform/websocket/connection.ts';
import { textFrame } from '../platform/websocket/text-frame.ts';
import {
  deletePresence,
  listPresent,
  PRESENCE_NOTIFICATIONS,
  type PresenceRow,
  type PresentUser,
  upsertPresence,
} from './sql/presence.ts';

/** Less than half of the time for which a row counts, so that one lost heartbeat changes nothing. */
const HEARTBEAT_MS = 20_000;
/** A channel's users are sent, and a connection's states are written, at most this often. */
const SHORTEST_PAUSE_MS = 1_000;
/** A frame shows this many users. */
const MOST_USERS = 100;

/** Who is where, as the frame `presence` and `GET /realtime/presence` show it. */
export type State = PresentUser['state'];

/** A signed-in connection. */
export interface Member {
  connection: SocketConnection;
  tenantId: string;
  userId: string;
  displayName: string;
}

interface Place {
  member: Member;
  states: Map<string, State>;
  /** Channels whose state is not written yet. */
  unwritten: Set<string>;
  write: () => void;
  /** Writes of a connection follow each other, so that its end is the last one. */
  writing: Promise<void>;
}

interface Room {
  tenantId: string;
  channel: string;
  connections: Set<SocketConnection>;
  /** Connections that have not got a frame yet. */
  newcomers: Set<SocketConnection>;
  /** The last frame. */
  shown: string;
  refresh: () => void;
}

/**
 * The presence of this process's connections: it writes their rows, and tells them who else is there. A failure affects
 * only presence: the next heartbeat writes and reads everything again.
 */
export class Presence {
  readonly #database: Database;
  readonly #places = new Map<SocketConnection, Place>();
  readonly #rooms = new Map<string, Room>();
  #listening: Promise<unknown> | undefined;
  #beating: NodeJS.Timeout | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Enters a channel, or changes what the user does there. */
  set(member: Member, channel: string, state: State): void {
    this.#start();
    const place = this.#placeOf(member);
    if (place.states.get(channel) === state) return;
    const room = this.#roomOf(member.tenantId, channel);
    if (!room.connections.has(member.connection)) room.newcomers.add(member.connection);
    room.connections.add(member.connection);
    place.states.set(channel, state);
    place.unwritten.add(channel);
    place.write();
  }

  /** Leaves a channel, or all of them. */
  leave(connection: SocketConnection, channel?: string): void {
    const place = this.#places.get(connection);
    if (place === undefined) return;
    const { tenantId } = place.member;
    const left = channel === undefined ? [...place.states.keys()] : [channel];
    for (const one of left) {
      place.states.delete(one);
      place.unwritten.delete(one);
      this.#removeFrom(`${tenantId} ${one}`, connection);
    }
    if (place.states.size === 0) this.#places.delete(connection);
    if (this.#places.size === 0) this.#stop();
    const tenant = this.#database.as({ kind: 'tenant', tenantId });
    this.#after(place, () => deletePresence(tenant, tenantId, connection.id, left));
  }

  #placeOf(member: Member): Place {
    const known = this.#places.get(member.connection);
    if (known !== undefined) return known;
    const place: Place = {
      member,
      states: new Map(),
      unwritten: new Set(),
      write: atMostEvery(SHORTEST_PAUSE_MS, () => {
        const changed = rowsOf(place).filter(({ channel }) => place.unwritten.delete(channel));
        if (changed.length > 0) this.#after(place, () => this.#write(member.tenantId, changed, true));
      }),
      writing: Promise.resolve(),
    };
    this.#places.set(member.connection, place);
    return place;
  }

  #roomOf(tenantId: string, channel: string): Room {
    const key = `${tenantId} ${channel}`;
    const known = this.#rooms.get(key);
    if (known !== undefined) return known;
    const room: Room = {
      tenantId,
      channel,
      connections: new Set(),
      newcomers: new Set(),
      shown: '',
      refresh: atMostEvery(SHORTEST_PAUSE_MS, () => void this.#refresh(room)),
    };
    this.#rooms.set(key, room);
    return room;
  }

  #removeFrom(key: string, connection: SocketConnection): void {
    const room = this.#rooms.get(key);
    room?.connections.delete(connection);
    room?.newcomers.delete(connection);
    if (room?.connections.size === 0) this.#rooms.delete(key);
  }

  #start(): void {
    this.#beating ??= setInterval(() => void this.#beat(), HEARTBEAT_MS).unref();
    this.#listening ??= this.#database
      .listen(PRESENCE_NOTIFICATIONS, (key) => this.#rooms.get(key)?.refresh())
      .catch((error: unknown) => {
        this.#listening = undefined;
        log('warning', 'presence not listened to', { error });
      });
  }

  #stop(): void {
    clearInterval(this.#beating);
    this.#beating = undefined;
  }

  /** Writes all rows again, and reads every channel: the rows of a crashed instance expire without a notification. */
  async #beat(): Promise<void> {
    const rows = new Map<string, PresenceRow[]>();
    for (const place of this.#places.values()) {
      const { tenantId } = place.member;
      rows.set(tenantId, [...(rows.get(tenantId) ?? []), ...rowsOf(place)]);
    }
    for (const [tenantId, own] of rows) await attempt(() => this.#write(tenantId, own, false));
    for (const room of this.#rooms.values()) room.refresh();
  }

  #write(tenantId: string, rows: readonly PresenceRow[], isChange: boolean): Promise<void> {
    return upsertPresence(this.#database.as({ kind: 'tenant', tenantId }), tenantId, rows, isChange);
  }

  async #refresh(room: Room): Promise<void> {
    const { tenantId, channel } = room;
    await attempt(async () => {
      const newcomers = [...room.newcomers];
      const users = await listPresent(this.#database.as({ kind: 'tenant', tenantId }), channel, MOST_USERS);
      const shown = JSON.stringify({ type: 'presence', channel, users });
      const bytes = textFrame(shown);
      for (const connection of shown === room.shown ? newcomers : room.connections) connection.write(bytes);
      room.shown = shown;
      for (const connection of newcomers) room.newcomers.delete(connection);
    });
  }

  #after(place: Place, write: () => Promise<void>): void {
    place.writing = place.writing.then(() => attempt(write));
  }
}

function rowsOf({ member, states }: Place): PresenceRow[] {
  return [...states].map(([channel, state]) => ({
    channel,
    connection_id: member.connection.id,
    user_id: member.userId,
    display_name: member.displayName,
    state,
  }));
}

async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log('warning', 'presence not updated', { error });
  }
}

/** Returns a function that runs the work at once, or, when it has run lately, once after the pause. */
function atMostEvery(milliseconds: number, work: () => void): () => void {
  let pause: NodeJS.Timeout | undefined;
  let isDue = false;
  const run = () => {
    isDue = false;
    work();
    pause = setTimeout(() => {
      pause = undefined;
      if (isDue) run();
    }, milliseconds).unref();
  };
  return () => {
    if (pause === undefined) run();
    else isDue = true;
  };
}
