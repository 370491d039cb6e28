import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * Tells whether the tests that run commands in a bubblewrap sandbox can run on this machine. `npm test` needs nothing
 * but Node, so these tests are skipped where bubblewrap is missing or does not work. In CI they are never skipped: they
 * fail, so that a broken image is noticed.
 */

const BUBBLEWRAP = '/usr/bin/bwrap';

/** The reason why the tests of the sandbox are skipped, as a sentence to print. Undefined when they run. */
export const SANDBOX_SKIPPED: string | undefined = process.env.CI ? undefined : findFault();

/** For `describe.skipIf(!hasSandbox)` and `it.skipIf(!hasSandbox)`. */
export const hasSandbox = SANDBOX_SKIPPED === undefined;

/** Runs bubblewrap without the product's code, because a bug of the product must fail the tests, not skip them. */
function findFault(): string | undefined {
  if (process.platform !== 'linux') return 'bubblewrap needs Linux, so commands in the sandbox are not tested';
  if (!existsSync(BUBBLEWRAP))
    return 'bubblewrap is not installed, so commands in the sandbox are not tested: apt-get install bubblewrap';
  // Versions before 0.8.0 do not know --disable-userns. A kernel or a container may allow namespaces to root only.
  const options = ['--unshare-all', '--unshare-user', '--disable-userns', '--ro-bind', '/', '/', '--', '/bin/true'];
  const identity = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const { status, stderr, error } = spawnSync(BUBBLEWRAP, options, { cwd: '/', encoding: 'utf8', ...identity });
  if (status === 0) return undefined;
  const reason = error?.message ?? stderr.trim().split('\n')[0] ?? '';
  return `bubblewrap does not work here, so commands in the sandbox are not tested: ${reason}`;
}
