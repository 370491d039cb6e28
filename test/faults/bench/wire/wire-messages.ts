/**
 * A message of PostgreSQL's wire protocol (PostgreSQL documentation, "Message Formats"): a letter, a length that
 * includes itself, and a body. The first message of a client has no letter.
 */
export interface WireMessage {
  /** The letter. Empty for a client's first message. */
  type: string;
  /** The whole message with letter and length. */
  bytes: Buffer;
  body: Buffer;
}

const SSL_REQUEST = 80_877_103;
const CANCEL_REQUEST = 80_877_102;

/**
 * Returns a function that splits the bytes of one direction of a connection into messages. It keeps incomplete
 * messages. `isClient` says that the first message has no letter.
 */
export function createWireCutter(isClient: boolean): (chunk: Buffer) => WireMessage[] {
  let rest: Buffer = Buffer.alloc(0);
  let isGreeting = isClient;
  return (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const messages: WireMessage[] = [];
    for (;;) {
      const head = isGreeting ? 0 : 1;
      if (rest.length < head + 4) return messages;
      const end = head + rest.readInt32BE(head);
      if (rest.length < end) return messages;
      const bytes = rest.subarray(0, end);
      const body = bytes.subarray(head + 4);
      messages.push({ type: isGreeting ? '' : String.fromCharCode(bytes[0] ?? 0), bytes, body });
      // The request for encryption is rejected, and then the client sends its first message again.
      isGreeting = isGreeting && isSslRequest(body);
      rest = rest.subarray(end);
    }
  };
}

export function isSslRequest(body: Buffer): boolean {
  return body.length === 4 && body.readInt32BE(0) === SSL_REQUEST;
}

export function isCancelRequest(body: Buffer): boolean {
  return body.length >= 4 && body.readInt32BE(0) === CANCEL_REQUEST;
}

/** Returns the statement of a Bind message and its first parameter, which is always text in this product. */
export function readBind(body: Buffer): { statement: string; first: string | undefined } {
  const portalEnd = body.indexOf(0);
  const nameEnd = body.indexOf(0, portalEnd + 1);
  const statement = body.toString('utf8', portalEnd + 1, nameEnd);
  let at = nameEnd + 1;
  at += 2 + 2 * body.readInt16BE(at);
  const count = body.readInt16BE(at);
  const length = count > 0 ? body.readInt32BE(at + 2) : -1;
  return { statement, first: length < 0 ? undefined : body.toString('utf8', at + 6, at + 6 + length) };
}

/** A Flush message: the server sends its answers so far. Unlike Sync, it does not end the transaction. */
export const FLUSH = Buffer.from([0x48, 0, 0, 0, 4]);
