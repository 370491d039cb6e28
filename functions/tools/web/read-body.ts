import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { WebLimits } from './web-access.ts';

/** A body that was read. `isCut`: the body was larger than the limits, and the rest was not read. */
export interface PageBody {
  bytes: Buffer;
  wireBytes: number;
  isCut: boolean;
}

/** With these flags a compressed body that was cut still yields its beginning. */
const GZIP = { finishFlush: constants.Z_SYNC_FLUSH };
const DECODERS: Record<string, () => Transform> = {
  gzip: () => createGunzip(GZIP),
  'x-gzip': () => createGunzip(GZIP),
  deflate: () => createInflate(GZIP),
  br: () => createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH }),
};

/** Tells whether the body can be read. Chains of compressions are refused: they multiply the size of a small body. */
export function isReadableEncoding(encoding: string): boolean {
  return encoding === '' || encoding === 'identity' || Object.hasOwn(DECODERS, encoding);
}

/**
 * Reads a body up to the limits for its compressed and its unpacked size, and then closes the connection. So an endless
 * body, or some kilobytes that unpack to gigabytes, take no more memory than the limits.
 * @throws Error of the connection, the decoder or the request's signal
 */
export async function readBody(message: IncomingMessage, encoding: string, limits: WebLimits): Promise<PageBody> {
  const pieces: Buffer[] = [];
  const meter = meterOf(limits.wireBytes);
  let size = 0;
  try {
    for await (const piece of unpack(message, meter.stream, encoding)) {
      pieces.push(piece);
      size += piece.length;
      if (size > limits.bodyBytes) break;
    }
  } finally {
    message.destroy();
  }
  const isCut = size > limits.bodyBytes || meter.isOver();
  return { bytes: Buffer.concat(pieces).subarray(0, limits.bodyBytes), wireBytes: meter.count(), isCut };
}

/** Ends the stream at the limit. Empty compressed blocks unpack to nothing, so the unpacked size alone is no limit. */
function meterOf(limit: number) {
  let bytes = 0;
  const stream = new Transform({
    transform(piece: Buffer, _encoding, done) {
      const hadRoom = bytes <= limit;
      bytes += piece.length;
      if (bytes <= limit) this.push(piece);
      else if (hadRoom) this.push(null);
      done();
    },
  });
  return { stream, count: () => bytes, isOver: () => bytes > limit };
}

/** The pipeline passes errors on to its last stream, where the reader gets them. */
function unpack(message: IncomingMessage, meter: Transform, encoding: string): Readable {
  const decoder = DECODERS[encoding]?.();
  return decoder === undefined
    ? pipeline(message, meter, () => undefined)
    : pipeline(message, meter, decoder, () => undefined);
}
