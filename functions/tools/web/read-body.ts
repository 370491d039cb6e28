import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { WebLimits } from './web-access.ts';

/** What came of a body. `isCut`: there was more of it than the limits let through, and the rest was not read. */
export interface PageBody {
  bytes: Buffer;
  wireBytes: number;
  isCut: boolean;
}

/** A compressed body that was cut still gives what came before the cut. */
const GZIP = { finishFlush: constants.Z_SYNC_FLUSH };
const DECODERS: Record<string, () => Transform> = {
  gzip: () => createGunzip(GZIP),
  'x-gzip': () => createGunzip(GZIP),
  deflate: () => createInflate(GZIP),
  br: () => createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH }),
};

/**
 * Whether the body can be read: one known compression or none. A chain of them multiplies what a small body becomes.
 */
export function isReadableEncoding(encoding: string): boolean {
  return encoding === '' || encoding === 'identity' || Object.hasOwn(DECODERS, encoding);
}

/**
 * Reads a body up to its limits, on the wire and unpacked, and then hangs up: neither an endless body nor a few
 * kilobytes that unpack to gigabytes take more memory than the limits say.
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

/** Ends what comes behind it at the limit: empty blocks unpack to nothing for as long as somebody sends them. */
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

/** The pipeline hands errors and the end of each part to the others; they surface where the last one is read. */
function unpack(message: IncomingMessage, meter: Transform, encoding: string): Readable {
  const decoder = DECODERS[encoding]?.();
  return decoder === undefined
    ? pipeline(message, meter, () => undefined)
    : pipeline(message, meter, decoder, () => undefined);
}
