import { createHash, type Hash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { GitObject, ObjectKind } from './object.ts';

/**
 * A pack of objects (git documentation, "gitformat-pack"). They are whole, not differences: they are small, and the receiving git repacks as it likes.
 * @throws Error when there are not as many objects as it says
 */
export async function* writePack(pack: {
  objectCount: number;
  objects: AsyncIterable<Pick<GitObject, 'kind' | 'content'>> | Iterable<Pick<GitObject, 'kind' | 'content'>>;
}): AsyncIterable<Uint8Array> {
  const { objectCount, objects } = pack;
  const sum = createHash('sha1');
  yield counted(sum, packHead(objectCount));
  let written = 0;
  for await (const { kind, content } of objects) {
    written += 1;
    yield counted(sum, Buffer.concat([entryHead(kind, content.length), deflateSync(content)]));
  }
  // A pack that says another number than it holds would be found broken by its reader only.
  if (written !== objectCount) throw new Error(`The pack was to hold ${objectCount} objects and holds ${written}`);
  yield sum.digest();
}

function counted(sum: Hash, bytes: Buffer): Buffer {
  sum.update(bytes);
  return bytes;
}

function packHead(objectCount: number): Buffer {
  const head = Buffer.alloc(12);
  head.write('PACK');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(objectCount, 8);
  return head;
}

const KINDS: Record<ObjectKind, number> = { commit: 1, tree: 2, blob: 3 };

/** Kind and size: four bits of the size beside the kind, then seven in each byte, the lowest first. */
function entryHead(kind: ObjectKind, size: number): Buffer {
  const bytes = [(KINDS[kind] << 4) | (size & 0x0f)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    const last = bytes.length - 1;
    bytes[last] = (bytes[last] ?? 0) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
}
