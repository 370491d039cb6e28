import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('./peers/', import.meta.url));

/**
 * Installs the peers with the versions of their lock file, unless they are installed.
 * @throws Error when npm fails
 */
export function installPeers(): void {
  if (existsSync(`${FOLDER}node_modules/.package-lock.json`)) return;
  console.error(`Installing the peers in ${FOLDER} (only once; --no-peers skips them)`);
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--prefix', FOLDER], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
