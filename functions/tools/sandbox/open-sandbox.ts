import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { environment } from '../../platform/environment.ts';
import { sweepTemporaryFolders } from '../../platform/process/temporary-folder.ts';
import { type BubblewrapSettings, bubblewrapSandbox } from './bubblewrap/bubblewrap.ts';
import { findHostPrograms } from './bubblewrap/host-programs.ts';
import { cloudRunLauncherSandbox } from './cloud-run-launcher.ts';
import { LAUNCHER } from './launcher-arguments.ts';
import { DEFAULT_LIMITS, type SandboxLimits } from './limits.ts';
import type { Sandbox } from './sandbox.ts';

interface SandboxChoice {
  /** On Cloud Run only its own launcher is used, never bubblewrap. */
  isCloud: boolean;
  launcher: string;
  bubblewrap: string;
  limits: SandboxLimits;
  egress?: BubblewrapSettings['egress'];
}

const CHOICE: SandboxChoice = {
  isCloud: environment.isCloud,
  launcher: LAUNCHER,
  bubblewrap: '/usr/bin/bwrap',
  limits: DEFAULT_LIMITS,
};

/**
 * The parent of the launcher's folders. Every sandbox mounts its own folder over /tmp, so they are hidden from
 * commands.
 */
const FOLDERS = '/tmp';

/**
 * Finds the sandbox of this machine and tests it with a real command. The test starts one or two processes, so keep the
 * returned sandbox.
 *
 * Without a working sandbox, every call of the returned sandbox answers `unavailable`. Nothing ever runs outside a
 * sandbox.
 */
export async function openSandbox(choice: Partial<SandboxChoice> = {}): Promise<Sandbox> {
  const { isCloud, launcher, bubblewrap, limits, egress } = { ...CHOICE, ...choice };
  if (existsSync(launcher)) {
    await sweepTemporaryFolders(FOLDERS);
    return await testOnce(cloudRunLauncherSandbox({ binary: launcher, limits, parent: FOLDERS }));
  }
  if (isCloud) {
    return unavailableSandbox(
      `${launcher} is missing: deploy this service with --sandbox-launcher and --execution-environment gen2`,
    );
  }
  if (process.platform !== 'linux')
    return unavailableSandbox('bubblewrap needs Linux: run ApexFlow on a Linux machine or in a container');
  if (!existsSync(bubblewrap)) return unavailableSandbox('bubblewrap is not installed: apt-get install bubblewrap');
  if (!(await supportsDisableUserns(bubblewrap))) {
    return unavailableSandbox(
      'bubblewrap is older than 0.8.0, the first version that can forbid nested user namespaces: upgrade it',
    );
  }
  await sweepTemporaryFolders(tmpdir());
  return await testOnce(
    bubblewrapSandbox({ ...bubblewrapSettings(bubblewrap, limits), ...(egress ? { egress } : {}) }),
  );
}

function bubblewrapSettings(binary: string, limits: SandboxLimits): BubblewrapSettings {
  const home = environment.APEXFLOW_HOME;
  return { binary, limits, identity: identity(), programs: findHostPrograms(home === undefined ? [] : [home]) };
}

/**
 * Returns the user that starts sandboxes: `nobody` if this process is root. The kernel does not limit the number of
 * root's processes, so a fork bomb would fill the machine's process table before it could be stopped. If `nobody` may
 * not create namespaces, there is no sandbox.
 */
function identity(): BubblewrapSettings['identity'] {
  return process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;
}

function supportsDisableUserns(binary: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(binary, ['--help'], { env: {}, timeout: 5_000 }, (error, stdout) =>
      resolve(error === null && stdout.includes('--disable-userns')),
    );
  });
}

async function testOnce(candidate: Sandbox): Promise<Sandbox> {
  const result = await candidate.run({ command: 'true', files: [], timeout_seconds: 20, network: 'none' });
  if (result.status === 'completed' && result.exit_code === 0) return candidate;
  const fault = result.status === 'unavailable' ? result.reason : describeTest(result);
  return unavailableSandbox(`the sandbox does not work on this machine: ${fault}`);
}

function describeTest(result: Exclude<Awaited<ReturnType<Sandbox['run']>>, { status: 'unavailable' }>): string {
  return result.status === 'cancelled'
    ? 'cancelled'
    : `the test command "true" was ${result.status}: ${result.stderr.trim()}`;
}

function unavailableSandbox(reason: string): Sandbox {
  return { provider: 'none', run: async () => ({ status: 'unavailable', reason }) };
}
