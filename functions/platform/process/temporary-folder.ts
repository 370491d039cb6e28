import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Folders of single commands, named for the process that made them: `apexflow-work-<pid>-<random>`. A process removes its own
 * when the command ends; what a crashed process left is found by its number and swept at the next start.
 */
const PREFIX = 'apexflow-work-';

export interface TemporaryFolder extends AsyncDisposable {
  path: string;
}

export async function makeTemporaryFolder(parent: string): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(parent, `${PREFIX}${process.pid}-`));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** @returns how many folders of dead processes were removed. A folder of another user stays; it is not ours to judge. */
export async function sweepTemporaryFolders(parent: string): Promise<number> {
  const names = await readdir(parent).catch(() => []);
  const stale = names.filter((name) => {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1] ?? Number.NaN);
    return Number.isSafeInteger(pid) && !isAlive(pid);
  });
  const removed = await Promise.all(
    stale.map((name) =>
      rm(join(parent, name), { recursive: true, force: true }).then(
        () => 1,
        () => 0,
      ),
    ),
  );
  return removed.reduce<number>((total, one) => total + one, 0);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to someone else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
