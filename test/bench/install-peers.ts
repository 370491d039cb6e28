import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('./peers/', import.meta.url));

/** Installs the peers at the versions of their own lock file, unless they are there. @throws Error when npm cannot */
export function installPeers(): void {
  if (existsSync(`${FOLDER}node_modules/.package-lock.json`)) return;
  console.error(`Installing the peers of the bench in ${FOLDER} (once; --no-peers does without them)`);
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--prefix', FOLDER], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
