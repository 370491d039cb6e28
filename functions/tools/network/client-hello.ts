/**
 * The name of the server in the first message of a TLS connection, which is not encrypted. Nothing is decrypted. The
 * name shows whether a tunnel that was opened for one host is used for that host.
 */
export type ClientHello =
  | { status: 'incomplete' }
  /** The bytes are not TLS, or two parsers could read them differently. */
  | { status: 'malformed' }
  /**
   * `serverName` is lower case, or undefined when the client sends none. `isEncrypted`: the real name is hidden (ECH).
   */
  | { status: 'read'; serverName: string | undefined; isEncrypted: boolean };

const HANDSHAKE_RECORD = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const ENCRYPTED_CLIENT_HELLO = 0xfe0d;
/** An early draft of ECH that encrypted only the name. */
const ENCRYPTED_SERVER_NAME = 0xffce;
const HOST_NAME = 0;

/** A message with post-quantum keys has about 2 KB, and session tickets can double that. */
export const MAX_HELLO_BYTES = 16 * 1024;

class Malformed extends Error {}

/** @param bytes all bytes that the client has sent so far */
export function readClientHello(bytes: Buffer): ClientHello {
  try {
    const message = joinRecords(bytes);
    return message === undefined ? { status: 'incomplete' } : readMessage(message);
  } catch (error) {
    // Buffer throws a RangeError for a read beyond its end.
    if (error instanceof Malformed || error instanceof RangeError) return { status: 'malformed' };
    throw error;
  }
}

/** Joins the records that carry the message. Returns undefined when the message is not complete. */
function joinRecords(bytes: Buffer): Buffer | undefined {
  let message: Buffer = Buffer.alloc(0);
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== HANDSHAKE_RECORD) throw new Malformed();
    if (bytes.length < at + 5) return undefined;
    const length = bytes.readUInt16BE(at + 3);
    if (bytes[at + 1] !== 3 || length === 0 || length > 2 ** 14) throw new Malformed();
    message = Buffer.concat([message, bytes.subarray(at + 5, at + 5 + length)]);
    if (message[0] !== undefined && message[0] !== CLIENT_HELLO) throw new Malformed();
    const whole = message.length < 4 ? undefined : 4 + message.readUIntBE(1, 3);
    if (whole !== undefined && whole > MAX_HELLO_BYTES) throw new Malformed();
    if (whole !== undefined && message.length >= whole) return message.subarray(4, whole);
    at += 5 + length;
  }
  return undefined;
}

function readMessage(message: Buffer): ClientHello {
  // Version and random, then session id, ciphers and compressions, each after its length.
  let at = 2 + 32;
  at += 1 + message.readUInt8(at);
  at += 2 + message.readUInt16BE(at);
  at += 1 + message.readUInt8(at);
  if (at === message.length) return { status: 'read', serverName: undefined, isEncrypted: false };
  const extensions = readExtensions(message.subarray(at));
  const name = extensions.get(SERVER_NAME);
  return {
    status: 'read',
    serverName: name === undefined ? undefined : readServerName(name),
    isEncrypted: extensions.has(ENCRYPTED_CLIENT_HELLO) || extensions.has(ENCRYPTED_SERVER_NAME),
  };
}

function readExtensions(bytes: Buffer): Map<number, Buffer> {
  const extensions = new Map<number, Buffer>();
  if (bytes.readUInt16BE(0) !== bytes.length - 2) throw new Malformed();
  for (let at = 2; at < bytes.length; ) {
    const type = bytes.readUInt16BE(at);
    const end = at + 4 + bytes.readUInt16BE(at + 2);
    if (end > bytes.length || extensions.has(type)) throw new Malformed();
    extensions.set(type, bytes.subarray(at + 4, end));
    at = end;
  }
  return extensions;
}

/** Accepts exactly one name. With two names the server could use another one than we do. */
function readServerName(bytes: Buffer): string {
  const length = bytes.readUInt16BE(3);
  if (bytes.readUInt16BE(0) !== bytes.length - 2 || bytes.readUInt8(2) !== HOST_NAME || length !== bytes.length - 5)
    throw new Malformed();
  return bytes.subarray(5).toString('latin1').toLowerCase();
}
