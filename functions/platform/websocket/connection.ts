import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import type { Identity } from '../database/database.ts';
import { OPEN_SOCKETS } from '../http/budget.ts';
import { createId } from '../id.ts';
import { log } from '../log.ts';
import { PING_FRAME, textFrame } from './text-frame.ts';

/** Why a connection is closed (RFC 6455, 7.4; codes above 4000 are ours, and their ends are those of HTTP). */
export const CLOSE = {
  unsupportedData: 1003,
  internalError: 1011,
  /** The client connects again, to another instance, and resumes. */
  reconnect: 1012,
  signInFirst: 4401,
  notFound: 4404,
  tooMany: 4429,
} as const;

/** What a connection does with what its client sends. */
export interface Receiver {
  /** Handles a text frame. The next one waits for it. */
  receive(text: string): Promise<void>;
  /** The connection is closed, by whichever side. */
  closed(): void;
}

/** The connections of a server. */
export type OpenSockets = Set<SocketConnection>;

export interface ConnectionOptions {
  socket: WebSocket;
  stream: Duplex;
  address: string;
  requestId: string;
  identity: Identity | undefined;
  release: () => void;
}

/** Frames per second that a client may send, and how many at once: one that returns follows all its channels again. */
const FRAMES_PER_SECOND = 20;
const BURST = 100;
/** A closed client has this long to answer the close frame. */
const CLOSE_TIMEOUT_MS = 2_000;
/** Before Cloud Run's limit of 60 minutes, at random so that clients do not return together. */
const LIFETIME_MS = 55 * 60_000;
const LIFETIME_JITTER_MS = 4 * 60_000;

/**
 * A WebSocket whose client may be hostile: it sends too fast, reads too slowly or is gone. Frames are written to the
 * stream as they are, because `ws` writes nothing in between: compression is off.
 */
export class SocketConnection {
  readonly id: `conn_${string}` = createId('conn');
  readonly address: string;
  readonly requestId: string;
  /** From the bearer token of the request. Undefined for a browser, which signs in on the connection. */
  readonly identity: Identity | undefined;
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  #release: () => void;
  #receiver: Receiver | undefined;
  #isHeard = true;
  #tokens = BURST;
  #tokensAt = performance.now();
  #handling: Promise<void> = Promise.resolve();
  #waiting = 0;
  #draining: Promise<void> | undefined;
  readonly #closesAt = performance.now() + LIFETIME_MS - Math.random() * LIFETIME_JITTER_MS;

  constructor({ socket, stream, address, requestId, identity, release }: ConnectionOptions) {
    this.address = address;
    this.requestId = requestId;
    this.identity = identity;
    this.#socket = socket;
    this.#stream = stream;
    this.#release = release;
    socket.on('message', (data, isBinary) => this.#take(data, isBinary));
    socket.on('ping', () => this.#mayTakeFrame());
    socket.on('pong', () => {
      this.#isHeard = true;
    });
    // A protocol error: `ws` has sent the close frame (1002, 1007, 1009).
    socket.on('error', (error) => log('debug', 'socket failed', { request_id: requestId, error }));
    socket.once('close', () => {
      this.#release();
      this.#receiver?.closed();
    });
  }

  /** Starts to hand frames to a receiver. */
  start(receiver: Receiver): void {
    this.#receiver = receiver;
  }

  /**
   * Counts the connection for a caller who has signed in on it. One with a bearer token was counted from its start.
   * @throws Problem 429 when the caller has too many connections; 503 when the process has
   */
  holdFor({ subject }: Identity): void {
    if (this.identity !== undefined) return;
    const release = OPEN_SOCKETS.take(subject, 1);
    this.#release();
    this.#release = release;
    if (!this.isOpen) release();
  }

  get isOpen(): boolean {
    return this.#socket.readyState === 1;
  }

  /** Sends an object as a JSON text frame. */
  send(frame: object): void {
    this.write(textFrame(JSON.stringify(frame)));
  }

  /** Writes whole frames, which other connections may share. Does nothing when the connection is closed. */
  write(frames: Buffer): void {
    if (this.isOpen && this.#stream.writable) this.#stream.write(frames);
  }

  /** Bytes that the client has not taken yet. */
  get unsent(): number {
    return this.#stream.writableLength;
  }

  /** Resolves when the client has taken all bytes or the connection is closed. */
  drained(): Promise<void> {
    if (!this.#stream.writableNeedDrain || !this.isOpen) return Promise.resolve();
    this.#draining ??= new Promise<void>((resolve) => {
      const done = () => {
        this.#stream.off('drain', done).off('close', done);
        this.#draining = undefined;
        resolve();
      };
      this.#stream.on('drain', done).on('close', done);
    });
    return this.#draining;
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
    setTimeout(() => this.#socket.terminate(), CLOSE_TIMEOUT_MS).unref();
  }

  /** Pings the client; ends the connection of one that has not answered since the last call, and an old connection. */
  beat(): void {
    if (!this.#isHeard) this.#socket.terminate();
    else if (performance.now() > this.#closesAt) this.close(CLOSE.reconnect, 'reconnect and resume');
    this.#isHeard = false;
    this.write(PING_FRAME);
  }

  #take(data: RawData, isBinary: boolean): void {
    this.#isHeard = true;
    if (!this.#mayTakeFrame()) return;
    if (isBinary) {
      this.close(CLOSE.unsupportedData, 'send JSON as text frames');
      return;
    }
    if (this.#waiting >= BURST) {
      this.close(CLOSE.tooMany, 'too many frames wait');
      return;
    }
    const text = data.toString();
    this.#waiting += 1;
    this.#handling = this.#handling.then(() => this.#receive(text));
  }

  async #receive(text: string): Promise<void> {
    this.#waiting -= 1;
    if (!this.isOpen) return;
    try {
      await this.#receiver?.receive(text);
    } catch (error) {
      log('error', 'frame not handled', { request_id: this.requestId, error });
      this.close(CLOSE.internalError, 'reconnect and resume');
    }
  }

  /** Takes a token of the client's bucket. Closes the connection when it has none left. */
  #mayTakeFrame(): boolean {
    if (!this.isOpen) return false;
    const now = performance.now();
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#tokensAt) / 1000) * FRAMES_PER_SECOND) - 1;
    this.#tokensAt = now;
    if (this.#tokens >= 0) return true;
    this.send({
      type: 'error',
      error: 'too-many-requests',
      detail: `Send at most ${FRAMES_PER_SECOND} frames a second.`,
    });
    this.close(CLOSE.tooMany, 'too many frames');
    return false;
  }
}
