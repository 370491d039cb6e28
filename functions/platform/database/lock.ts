import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, OWN_LIFE } from '../process/process-life.ts';

/** A process that was killed a moment ago takes a while to be gone; so long we wait for it. */
const PATIENCE_MS = 3_000;
const LOOK_AGAIN_MS = 100;

/**
 * A lock file that holds its owner's process id. A second process on the same folder would silently lose data, so it is refused with a
 * clear line; the file of a process that is gone (kill -9) is taken over.
 * @returns how to release it.
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
    writeSync(file, OWN_LIFE);
    closeSync(file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The signature of an owner that still runs. */
function ownerOf(path: string): string | undefined {
  try {
    const owner = readFileSync(path, 'utf8');
    return isRunning(owner) ? owner : undefined;
  } catch {
    return undefined;
  }
}
