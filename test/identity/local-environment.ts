import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The environment of tests that serve functions: a home of their own, and callers who name their address, so that no two tests share a
 * limit. Import it before anything of functions/, which reads the environment once.
 */
const home = mkdtempSync(join(tmpdir(), 'apexflow-identity-'));
Object.assign(process.env, { APEXFLOW_HOME: home, TRUSTED_PROXIES: '1', LOG_LEVEL: 'error' });

export function removeLocalHome(): void {
  rmSync(home, { recursive: true, force: true });
}
