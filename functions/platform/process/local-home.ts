import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment } from '../environment.ts';

/**
 * Returns the folder in which a laptop keeps its state: `APEXFLOW_HOME`, by default `.apexflow`.
 * @throws Error on Cloud Run, which has no such folder
 */
export function localHome(): string {
  if (environment.isCloud)
    throw new Error('There is no local home on Cloud Run: configure the cloud service that replaces it');
  const home = environment.APEXFLOW_HOME ?? '.apexflow';
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return home;
}

/**
 * Returns a secret of this laptop, created once and kept in a file that only its owner can read. Two concurrent
 * processes get the same secret.
 */
export function localSecret(name: string, create: () => string): string {
  const folder = join(localHome(), 'secrets');
  const path = join(folder, name);
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
    writeFileSync(draft, create(), { mode: 0o600, flush: true });
    chmodSync(draft, 0o600);
    try {
      linkSync(draft, path);
    } catch (error) {
      if (!existsSync(path)) throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }
  return readFileSync(path, 'utf8');
}
