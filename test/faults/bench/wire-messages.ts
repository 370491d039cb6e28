/**
 * Postgres's wire cut into messages (PostgreSQL documentation, "Message Formats"): the first of a client has no type, every other is a letter, a
 * length that counts itself, and a body. Fragments are kept until their message is whole; nothing is copied more often than that.
 */
export interface WireMessage {
  /** The letter; empty for a client's first message. */
  type: string;
  /** As it came, with letter and length. */
  bytes: Buffer;
  /** What stands behind the length. */
  body: Buffer;
}

const SSL_REQUEST = 80_877_103;
const CANCEL_REQUEST = 80_877_102;

/** A cutter for one direction of one connection. `isClient` says whether the first message has no letter. */
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
      // After the question for encryption, which is answered with no, the greeting comes once more.
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

/** The statement that a Bind names and its first parameter, which is text everywhere in this product. */
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

/** A Flush: the server answers what it has done so far, without ending the transaction as a Sync would. */
export const FLUSH = Buffer.from([0x48, 0, 0, 0, 4]);
