import type { WebSocket, WebSocketServer } from 'ws';
import type { Upgrade } from '../http/served-function.ts';

/** A larger message closes the connection with 1009. */
const MOST_BYTES = 64 * 1024;
const MOST_FRAGMENTS = 64;

let server: Promise<WebSocketServer> | undefined;

/**
 * Answers the handshake of a WebSocket (RFC 6455). Undefined when the handshake is malformed, which `ws` has answered,
 * or the client is gone. Compression is off: it would cost 300 KB of memory per connection, and let one message inflate
 * to a thousand times its size.
 */
export async function accept({ request, stream, head }: Upgrade): Promise<WebSocket | undefined> {
  server ??= open();
  const accepting = await server;
  if (stream.destroyed) return undefined;
  let accepted: WebSocket | undefined;
  accepting.handleUpgrade(request, stream, head, (socket) => {
    accepted = socket;
  });
  return accepted;
}

/** Loads `ws` with the first connection, so that it costs no cold start. */
async function open(): Promise<WebSocketServer> {
  const { WebSocketServer } = await import('ws');
  return new WebSocketServer(OPTIONS);
}

/** A constant, because the types of `ws` do not know `maxFragments`. */
const OPTIONS = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: MOST_BYTES,
  maxFragments: MOST_FRAGMENTS,
  handleProtocols: () => false as const,
};
