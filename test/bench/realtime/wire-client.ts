import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/**
 * A WebSocket client that does no more than find frames, so that a thousand of them leave the machine to the server
 * that is measured.
 */
export class WireClient {
  readonly #socket: Socket;
  #rest: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket, rest: Buffer, hear: (payload: Buffer) => void) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk, hear));
    if (rest.length > 0) this.#take(rest, hear);
  }

  /** Connects and hands each text to `hear`. @throws Error when the server does not switch protocols */
  static async open(url: string, token: string | undefined, hear: (payload: Buffer) => void): Promise<WireClient> {
    const { hostname, port, pathname } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.setNoDelay(true);
    await once(socket, 'connect');
    socket.write(
      `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n` +
        `${token === undefined ? '' : `Authorization: Bearer ${token}\r\n`}\r\n`,
    );
    let answer = Buffer.alloc(0);
    while (!answer.includes('\r\n\r\n')) {
      const [chunk]: Buffer[] = await once(socket, 'data');
      answer = Buffer.concat([answer, chunk ?? Buffer.alloc(0)]);
    }
    if (!answer.includes('HTTP/1.1 101')) throw new Error(answer.toString());
    return new WireClient(socket, answer.subarray(answer.indexOf('\r\n\r\n') + 4), hear);
  }

  /** Sends a text, masked with zeros. */
  send(text: string): void {
    const payload = Buffer.from(text);
    const head =
      payload.length < 126 ? [0x81, 0x80 | payload.length] : [0x81, 0xfe, payload.length >> 8, payload.length & 0xff];
    this.#socket.write(Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload]));
  }

  end(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer, hear: (payload: Buffer) => void): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (bytes.length - at >= 4) {
      const short = (bytes[at + 1] ?? 0) & 0x7f;
      const head = short < 126 ? 2 : short === 126 ? 4 : 10;
      if (bytes.length - at < head) break;
      const length = head === 2 ? short : head === 4 ? bytes.readUInt16BE(at + 2) : bytes.readUInt32BE(at + 6);
      if (bytes.length - at < head + length) break;
      const opcode = (bytes[at] ?? 0) & 0x0f;
      if (opcode === 1) hear(bytes.subarray(at + head, at + head + length));
      // A ping without data is answered with a pong without data.
      if (opcode === 9) this.#socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]));
      at += head + length;
    }
    this.#rest = bytes.subarray(at);
  }
}
