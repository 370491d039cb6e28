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

export interface SandboxChoice {
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

/** Where the launcher's folders of commands lie: what it mounts over /tmp hides them from every sandbox. */
const FOLDERS = '/tmp';

/**
 * Finds the sandbox of this machine and tries it once with a real command. Keep what it returns; trying costs a process or two.
 *
 * Without a sandbox that works, every call of the returned one answers `unavailable`. Nothing ever runs outside a sandbox.
 */
export async function openSandbox(choice: Partial<SandboxChoice> = {}): Promise<Sandbox> {
  const { isCloud, launcher, bubblewrap, limits, egress } = { ...CHOICE, ...choice };
  if (existsSync(launcher)) {
    await sweepTemporaryFolders(FOLDERS);
    return await tryOnce(cloudRunLauncherSandbox({ binary: launcher, limits, parent: FOLDERS }));
  }
  if (isCloud) {
    return unavailableSandbox(
      `${launcher} is missing: deploy this service with --sandbox-launcher and --execution-environment gen2`,
    );
  }
  if (process.platform !== 'linux')
    return unavailableSandbox('bubblewrap needs Linux: run the stack in a Linux machine or container');
  if (!existsSync(bubblewrap)) return unavailableSandbox('bubblewrap is not installed: apt-get install bubblewrap');
  if (!(await knowsDisableUserns(bubblewrap))) {
    return unavailableSandbox(
      'bubblewrap is older than 0.8.0, the first that can forbid nested user namespaces: upgrade it',
    );
  }
  await sweepTemporaryFolders(tmpdir());
  return await tryOnce(bubblewrapSandbox({ ...bubblewrapSettings(bubblewrap, limits), ...(egress ? { egress } : {}) }));
}

function bubblewrapSettings(binary: string, limits: SandboxLimits): BubblewrapSettings {
  const home = environment.APEXFLOW_HOME;
  return { binary, limits, identity: identity(), programs: findHostPrograms(home === undefined ? [] : [home]) };
}

/**
 * Root starts sandboxes as `nobody` and never as itself: the kernel does not limit root's processes, so a fork bomb would fill the machine's table of
 * processes before anybody could stop it. Where nobody may not make namespaces, there is no sandbox.
 */
function identity(): BubblewrapSettings['identity'] {
  return process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;
}

function knowsDisableUserns(binary: string): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(binary, ['--help'], { env: {}, timeout: 5_000 }, (error, stdout) =>
      resolve(error === null && stdout.includes('--disable-userns')),
    );
  });
}

async function tryOnce(candidate: Sandbox): Promise<Sandbox> {
  const result = await candidate.run({ command: 'true', files: [], timeout_seconds: 20, network: 'none' });
  if (result.status === 'completed' && result.exit_code === 0) return candidate;
  const fault = result.status === 'unavailable' ? result.reason : describeTrial(result);
  return unavailableSandbox(`the sandbox does not work on this machine: ${fault}`);
}

function describeTrial(result: Exclude<Awaited<ReturnType<Sandbox['run']>>, { status: 'unavailable' }>): string {
  return result.status === 'cancelled'
    ? 'cancelled'
    : `a trial with "true" was ${result.status}: ${result.stderr.trim()}`;
}

function unavailableSandbox(reason: string): Sandbox {
  return { provider: 'none', run: async () => ({ status: 'unavailable', reason }) };
}
