/**
 * Returns text as one unmasked WebSocket frame (RFC 6455, 5.2). A frame that many clients get is made once, and its
 * bytes are written to each connection.
 */
export function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = 0x81;
  if (head === 2) frame[1] = length;
  else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, head);
  return frame;
}

/** A ping without data. */
export const PING_FRAME: Buffer = Buffer.from([0x89, 0]);
