import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, OWN_PROCESS } from '../process/process-life.ts';

/** A process that was just killed needs a moment to end. A new process waits this long for it. */
const PATIENCE_MS = 3_000;
const LOOK_AGAIN_MS = 100;

/**
 * Takes a lock file that contains its owner's process id and start. A second process on the same folder would silently
 * lose data, so it is rejected. The lock of a process that has ended (kill -9) is taken over.
 * @returns a function that releases the lock.
 * @throws Error when another process holds the lock
 */
export async function takeLock(path: string): Promise<() => void> {
  mkdirSync(dirname(path), { recursive: true });
  const patientUntil = performance.now() + PATIENCE_MS;
  while (!tryCreate(path)) {
    const owner = ownerOf(path);
    if (owner === undefined) {
      rmSync(path, { force: true });
    } else if (performance.now() < patientUntil) {
      await sleep(LOOK_AGAIN_MS);
    } else {
      throw new Error(
        `Another ApexFlow (process ${owner.split(' ')[0]}) uses this folder: ${path}. Stop it first, or set APEXFLOW_HOME to another folder.`,
      );
    }
  }
  return () => rmSync(path, { force: true });
}

function tryCreate(path: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, OWN_PROCESS);
    closeSync(file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Returns the identity of the lock's owner, or undefined when the owner has ended. */
function ownerOf(path: string): string | undefined {
  try {
    const owner = readFileSync(path, 'utf8');
    return isRunning(owner) ? owner : undefined;
  } catch {
    return undefined;
  }
}
