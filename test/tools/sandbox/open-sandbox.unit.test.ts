import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bubblewrapSandbox } from '../../../functions/tools/sandbox/bubblewrap/bubblewrap.ts';
import { findHostPrograms } from '../../../functions/tools/sandbox/bubblewrap/host-programs.ts';
import { DEFAULT_LIMITS } from '../../../functions/tools/sandbox/limits.ts';
import { openSandbox } from '../../../functions/tools/sandbox/open-sandbox.ts';
import type { SandboxRequest } from '../../../functions/tools/sandbox/sandbox.ts';
import { hasSandbox } from '../../support/bubblewrap.ts';

const folder = mkdtempSync(join(tmpdir(), 'sandbox-test-'));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true }));

const witness = join(folder, 'ran');
/** A command that leaves a file behind if it ever runs on this machine itself. */
const request: SandboxRequest = { command: `echo > ${witness}`, files: [], timeout_seconds: 5, network: 'none' };

function program(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

async function expectUnavailable(choice: Parameters<typeof openSandbox>[0], reason: RegExp) {
  const sandbox = await openSandbox(choice);
  expect(sandbox.provider).toBe('none');
  const result = await sandbox.run(request);
  expect(result).toMatchObject({ status: 'unavailable', reason: expect.stringMatching(reason) });
  expect(() => rmSync(witness)).toThrow();
}

describe('nothing runs when', () => {
  it('bubblewrap is not installed', async () => {
    await expectUnavailable({ isCloud: false, bubblewrap: join(folder, 'none') }, /apt-get install bubblewrap/);
  });

  it('the launcher is missing in the cloud, where bubblewrap is never used', async () => {
    await expectUnavailable({ isCloud: true, launcher: join(folder, 'none') }, /--sandbox-launcher/);
  });

  it('bubblewrap is too old', async () => {
    await expectUnavailable(
      { isCloud: false, bubblewrap: program('old', 'echo "--unshare-all"') },
      /older than 0\.8\.0/,
    );
  });

  it('bubblewrap may not create namespaces', async () => {
    const refused = program(
      'refused',
      '[ "$1" = --help ] && echo "--disable-userns" && exit; echo "bwrap: No permissions to create new namespace" >&2; exit 1',
    );
    await expectUnavailable({ isCloud: false, bubblewrap: refused }, /No permissions to create new namespace/);
  });

  it('bubblewrap reports success without running anything', async () => {
    const idle = program('idle', '[ "$1" = --help ] && echo "--disable-userns"; exit 0');
    await expectUnavailable({ isCloud: false, bubblewrap: idle }, /could not start a sandbox: exit code 0/);
  });

  it('the launcher is broken', async () => {
    await expectUnavailable(
      { isCloud: true, launcher: program('broken', '[ "$1" = delete ] && exit 0; echo "no gvisor" >&2; exit 1') },
      /no gvisor/,
    );
  });
});

it.skipIf(process.getuid?.() !== 0)('root starts bubblewrap only as nobody', async () => {
  const onlyRoot = program(
    'only-root',
    '[ "$1" = --help ] && echo "--disable-userns" && exit; [ "$(id -u)" = 0 ] && exec /usr/bin/bwrap "$@"; echo "nobody may not" >&2; exit 1',
  );
  await expectUnavailable({ isCloud: false, bubblewrap: onlyRoot }, /nobody may not/);
});

it.skipIf(!hasSandbox)('covers a project inside /usr', async () => {
  const covered = '/usr/local/share';
  const programs = { ...findHostPrograms(), covered: [covered] };
  // Runs as the present user, because nobody cannot reach the node of a checkout under /root.
  const sandbox = bubblewrapSandbox({
    binary: '/usr/bin/bwrap',
    programs,
    limits: DEFAULT_LIMITS,
    identity: undefined,
  });
  const result = await sandbox.run({
    ...request,
    command: `ls -A ${covered} | wc -l; touch ${covered}/x || echo refused`,
  });
  expect(result).toMatchObject({ status: 'completed', stdout: '0\nrefused\n' });
  mkdirSync(join(folder, 'state'));
  expect(findHostPrograms(['/usr/share', join(folder, 'state')]).covered).toEqual(['/usr/share']);
});
