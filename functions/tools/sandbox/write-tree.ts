import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TreeFile } from './sandbox.ts';
import { impliedFolders } from './tree-path.ts';

/** Writes a tree into a fresh folder that no other process knows yet. The paths must have passed `assertTree`. */
export async function writeTree(folder: string, files: readonly TreeFile[]): Promise<void> {
  for (const path of impliedFolders(files.map((file) => file.path)))
    await mkdir(join(folder, path), { recursive: true });
  for (const file of files) {
    const path = join(folder, file.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, file.content, { flag: 'wx', mode: file.mode === 'executable' ? 0o755 : 0o644 });
  }
}
