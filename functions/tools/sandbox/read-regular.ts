import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * Reads a regular file, or its first bytes. With O_NOFOLLOW and O_NONBLOCK no link is followed and no pipe blocks,
 * whatever lstat reported.
 */
export async function readRegular(path: string, length?: number): Promise<Buffer | undefined> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (!(await file.stat()).isFile()) return undefined;
    if (length === undefined) return await file.readFile();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } catch {
    return undefined;
  }
}
