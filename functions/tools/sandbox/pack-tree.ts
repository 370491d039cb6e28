import type { TreeFile } from './sandbox.ts';
import { impliedFolders } from './tree-path.ts';

/**
 * A file tree as a tar stream (ustar with GNU long names), which `tar` unpacks *inside* the sandbox as the sandbox's own user.
 * Files written from outside would belong to a user whom the sandbox does not know.
 *
 * The paths must have passed `assertTree`.
 */
export function* packTree(files: readonly TreeFile[]): Generator<Buffer> {
  for (const folder of impliedFolders(files.map((file) => file.path))) {
    yield* packEntry(`${folder}/`, '5', 0o755, new Uint8Array());
  }
  for (const file of files) {
    yield* packEntry(file.path, '0', file.mode === 'executable' ? 0o755 : 0o644, file.content);
  }
  yield Buffer.alloc(BLOCK * 2);
}

const BLOCK = 512;

/** The header's name field; longer names travel in an entry of their own in front. */
const NAME_BYTES = 100;

function* packEntry(path: string, type: '0' | '5' | 'L', mode: number, content: Uint8Array): Generator<Buffer> {
  const name = Buffer.from(path);
  if (name.length > NAME_BYTES) yield* packEntry('././@LongLink', 'L', 0o644, Buffer.concat([name, Buffer.alloc(1)]));
  yield header(name.subarray(0, NAME_BYTES), type, mode, content.byteLength);
  if (content.byteLength === 0) return;
  yield Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const padding = (BLOCK - (content.byteLength % BLOCK)) % BLOCK;
  if (padding > 0) yield Buffer.alloc(padding);
}

function header(name: Buffer, type: string, mode: number, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  name.copy(block, 0);
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(size, 11), 124);
  block.write(octal(0, 11), 136);
  // The checksum counts its own field as eight spaces.
  block.write('        ', 148);
  block.write(type, 156);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148);
  return block;
}

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
