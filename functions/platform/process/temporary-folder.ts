import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Temporary folders of single commands are named `apexflow-work-<pid>-<random>`. A process removes its folders when
 * their commands end. Folders that a crashed process left are recognised by the process id and removed later.
 */
const PREFIX = 'apexflow-work-';

export interface TemporaryFolder extends AsyncDisposable {
  path: string;
}

/** Creates a temporary folder, which is removed when it is disposed. */
export async function makeTemporaryFolder(parent: string): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(parent, `${PREFIX}${process.pid}-`));
  return {
    path,
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/**
 * Removes the folders of processes that have ended and returns how many. A folder that cannot be removed, such as
 * another user's, is left.
 */
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
    // EPERM: the process runs as another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
