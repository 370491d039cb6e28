import { once } from 'node:events';
import { type ClientOptions, WebSocket } from 'ws';

/** A frame of the server. Tests read frames of any shape and assert what they expect. */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Frame = any;

/** A WebSocket client that keeps every frame. */
export class SocketClient {
  readonly frames: Frame[] = [];
  readonly socket: WebSocket;
  /** Resolves with the code when the connection is closed. */
  readonly closed: Promise<number>;
  readonly #waiting = new Set<() => void>();

  constructor(url: string, options: ClientOptions = {}) {
    this.socket = new WebSocket(url.replace(/^http/, 'ws'), { perMessageDeflate: false, ...options });
    this.socket.on('message', (data) => {
      this.frames.push(JSON.parse(data.toString()));
      for (const look of this.#waiting) look();
    });
    this.socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => this.socket.once('close', resolve));
  }

  async opened(): Promise<this> {
    if (this.socket.readyState === WebSocket.CONNECTING) await once(this.socket, 'open');
    return this;
  }

  send(frame: object | string): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Returns the first frame that matches, now or later. @throws Error when the connection is closed before */
  until(matches: (frame: Frame) => boolean): Promise<Frame> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.frames.find(matches);
        if (found === undefined) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
      this.closed.then((code) => reject(new Error(`closed with ${code}: ${JSON.stringify(this.frames.slice(-3))}`)));
    });
  }

  ofType(type: string): Promise<Frame> {
    return this.until((frame) => frame.type === type);
  }

  /** The numbers of a channel's events so far. */
  seqs(channel: string): number[] {
    return this.frames.flatMap((frame) =>
      frame.channel === channel && typeof frame.seq === 'number' && frame.type !== 'subscribed' ? [frame.seq] : [],
    );
  }
}

/** Connects as a program does, with a bearer token, and waits until the connection is signed in. */
export async function connectWith(url: string, token: string): Promise<SocketClient> {
  const client = new SocketClient(url, { headers: { authorization: `Bearer ${token}` } });
  await client.ofType('ready');
  return client;
}

/** Connects as a browser does, from a page of this origin, with a ticket in the first frame. */
export async function connectByTicket(
  url: string,
  ticket: string,
  origin = new URL(url).origin,
): Promise<SocketClient> {
  const client = await new SocketClient(url, { origin }).opened();
  client.send({ type: 'auth', ticket });
  return client;
}

/** Returns the status with which a handshake is refused, and the kind of the problem. */
export async function refusal(url: string, options: ClientOptions = {}): Promise<{ status: number; type: string }> {
  const { socket } = new SocketClient(url, options);
  const [, response] = await once(socket, 'unexpected-response');
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, type: JSON.parse(text).type };
}
