import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BareRepository } from '../../platform/git/bare-repository.ts';
import { failureOf } from '../../platform/git/git-failure.ts';

/** What git-merge-file(1) answers where it cannot merge; below that it counts the conflicts. */
const CANNOT = 128;

/** Git's own three-way merge of a text, line by line; undefined where both sides changed the same lines. @throws GitFailure */
export async function mergeText(
  repository: BareRepository,
  sides: { base: Buffer; memory: Buffer; repository: Buffer },
): Promise<Buffer | undefined> {
  // The names are ours, whatever the file is called; nothing looks at them but this call.
  const [memory, base, theirs] = ['memory', 'base', 'repository'].map((name) => join(repository.folder, 'home', name));
  if (memory === undefined || base === undefined || theirs === undefined)
    throw new Error('Three sides have three files');
  await writeFile(memory, sides.memory);
  await writeFile(base, sides.base);
  await writeFile(theirs, sides.repository);
  const result = await repository.git(['merge-file', '-p', '-q', memory, base, theirs]);
  if (result.exitCode === 0) return result.stdout;
  if (result.exitCode === null || result.exitCode >= CANNOT) throw failureOf(result);
  return undefined;
}
