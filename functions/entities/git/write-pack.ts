import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { GitObject, ObjectKind } from './object.ts';

type PackedObject = Pick<GitObject, 'kind' | 'content'>;

/**
 * Writes a git bundle, version 2: a header that names the branch, then a pack of all objects (git documentation,
 * "gitformat-bundle"). `git clone FILE` accepts it.
 */
export async function* writeBundle(bundle: {
  branch: string;
  commitId: string;
  objectCount: number;
  objects: AsyncIterable<PackedObject>;
}): AsyncIterable<Uint8Array> {
  const { branch, commitId, objectCount, objects } = bundle;
  yield Buffer.from(`# v2 git bundle\n${commitId} refs/heads/${branch}\n${commitId} HEAD\n\n`);
  yield* writePack({ objectCount, objects });
}

/**
 * Writes a pack of objects (git documentation, "gitformat-pack"). Objects are stored whole, without deltas: they are
 * small, and the receiving git repacks them.
 * @throws Error when the number of objects is not `objectCount`
 */
export async function* writePack(pack: {
  objectCount: number;
  objects: AsyncIterable<PackedObject> | Iterable<PackedObject>;
}): AsyncIterable<Uint8Array> {
  const { objectCount, objects } = pack;
  const checksum = createHash('sha1');
  const counted = (bytes: Buffer): Buffer => {
    checksum.update(bytes);
    return bytes;
  };
  const header = Buffer.alloc(12);
  header.write('PACK');
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(objectCount, 8);
  yield counted(header);
  let written = 0;
  for await (const { kind, content } of objects) {
    written += 1;
    yield counted(Buffer.concat([entryHeader(kind, content.length), deflateSync(content)]));
  }
  // The reader would find the wrong number only after it has received the whole pack.
  if (written !== objectCount)
    throw new Error(`The pack was announced with ${objectCount} objects, but ${written} were given`);
  yield checksum.digest();
}

const KINDS: Record<ObjectKind, number> = { commit: 1, tree: 2, blob: 3 };

/** Encodes kind and size: four bits of the size next to the kind, then seven bits a byte, lowest first. */
function entryHeader(kind: ObjectKind, size: number): Buffer {
  const bytes = [(KINDS[kind] << 4) | (size & 0x0f)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    const last = bytes.length - 1;
    bytes[last] = (bytes[last] ?? 0) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
}
