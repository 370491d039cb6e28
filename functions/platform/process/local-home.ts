import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment } from '../environment.ts';

/**
 * The folder in which a laptop keeps its state (`APEXFLOW_HOME`, `.apexflow` if left out). It does not exist on Cloud Run: asking for it there is
 * a fault.
 */
export function localHome(): string {
  if (environment.isCloud)
    throw new Error('There is no local home on Cloud Run: a setting that replaces it is missing');
  const home = environment.APEXFLOW_HOME ?? '.apexflow';
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return home;
}

/** A secret of this laptop, made once and kept in a file that only its owner reads. Two processes that race get the same one. */
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
