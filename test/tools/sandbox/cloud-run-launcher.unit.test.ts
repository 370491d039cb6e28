import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cloudRunLauncherSandbox, hiddenFolders } from '../../../functions/tools/sandbox/cloud-run-launcher.ts';
import { deleteArguments, launcherArguments } from '../../../functions/tools/sandbox/launcher-arguments.ts';
import { DEFAULT_LIMITS } from '../../../functions/tools/sandbox/limits.ts';
import { MarkedStream } from '../../../functions/tools/sandbox/marked-stream.ts';
import type { TreeFile } from '../../../functions/tools/sandbox/sandbox.ts';
import { hasSandbox } from '../../support/bubblewrap.ts';
import { waitFor } from '../../support/local-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'sandbox-test-'));
chmodSync(folder, 0o755);
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * A program with the command line of the launcher that uses bubblewrap. Like the original it leaves the processes
 * alive when it is killed itself, and it writes to standard error.
 */
const launcher = join(folder, 'sandbox');
writeFileSync(
  launcher,
  `#!${process.execPath}
const { spawn } = require('node:child_process');
const { appendFileSync, existsSync, readFileSync, writeFileSync } = require('node:fs');
const [verb, name, ...rest] = process.argv.slice(2);
const pidFile = ${JSON.stringify(folder)} + '/' + name + '.pid';
const deletionsFile = ${JSON.stringify(folder)} + '/' + name + '.deletions';
if (verb === 'delete') {
  if (rest[0] !== '--force') process.exit(2);
  try {
    const [sandbox, launcher] = readFileSync(pidFile, 'utf8').split(' ').map(Number);
    appendFileSync(deletionsFile, existsSync('/proc/' + launcher + '/fd/0') ? 'the launcher is running\\n' : 'the launcher is gone\\n');
    process.kill(-sandbox, 'SIGKILL');
  } catch {}
  process.exit(0);
}
const split = rest.indexOf('--');
const binds = rest.slice(0, split).filter((word) => word !== '--mount').flatMap((mount) => {
  const fields = Object.fromEntries(mount.split(',').map((field) => field.split('=')));
  return ['readonly' in fields ? '--ro-bind' : '--bind', fields.source, fields.destination];
});
console.error('launcher: warming up');
const child = spawn('/usr/bin/bwrap', ['--unshare-all', '--as-pid-1', '--ro-bind', '/usr', '/usr', '--symlink', 'usr/bin', '/bin', '--symlink', 'usr/lib', '/lib', '--symlink', 'usr/lib64', '/lib64', '--proc', '/proc', '--dev', '/dev', ...binds, '--', ...rest.slice(split + 1)], { stdio: 'inherit', detached: true });
writeFileSync(pidFile, child.pid + ' ' + process.pid);
child.on('close', () => { console.error('launcher: bye'); process.exit(0); });
`,
  { mode: 0o755 },
);

const parent = mkdtempSync(join(folder, 'parent-'));
const sandbox = cloudRunLauncherSandbox({ binary: launcher, limits: DEFAULT_LIMITS, parent });
const file = (path: string, text: string): TreeFile => ({
  path,
  mode: 'regular',
  content: new TextEncoder().encode(text),
});
const run = (command: string, files: TreeFile[] = [], timeout_seconds = 20, signal?: AbortSignal) =>
  sandbox.run({ command, files, timeout_seconds, network: 'none' }, signal);

const texts = (files: TreeFile[]) => files.map(({ path, content }) => `${path}=${new TextDecoder().decode(content)}`);
/** Returns the sandboxes of the program above that are alive. */
const alive = () =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.pid'))
    .filter((name) => existsSync(`/proc/${readFileSync(join(folder, name), 'utf8').split(' ')[0]}/fd/0`));
/** Tells whether the launcher of the newest sandbox was running when its first deletion was requested. */
const firstDeletion = () => {
  const logs = readdirSync(folder).filter((name) => name.endsWith('.deletions'));
  const paths = logs.map((name) => join(folder, name)).toSorted((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs);
  return readFileSync(paths.at(-1) ?? '', 'utf8').split('\n')[0];
};

describe('a command in the launcher', () => {
  it.skipIf(!hasSandbox)('returns its exit code and changes, and leaves nothing behind', async () => {
    const result = await run('cat in; rm in; echo new > dir/out; echo oops >&2; echo $HOME; exit 7', [
      file('in', 'given\n'),
      file('dir/kept', 'k'),
    ]);
    if (result.status !== 'completed') throw new Error(JSON.stringify(result));
    expect(result).toMatchObject({
      exit_code: 7,
      stdout: 'given\n/tmp/home\n',
      stderr: 'oops\n',
      deleted: ['in'],
      not_kept: [],
    });
    expect(texts(result.changed)).toEqual(['dir/out=new\n']);
    expect(readdirSync(parent)).toEqual([]);
  });

  it.skipIf(!hasSandbox)('cannot fake its exit code, and the text of the launcher is not in its output', async () => {
    const result = await run(`echo 'x 0' >&2; printf '\\n%s 0\\n' "$secret" >&2; cat; exit 3`);
    expect(result).toMatchObject({ status: 'completed', exit_code: 3, stderr: 'x 0\n\n 0\n' });
  });

  // The command sleeps longer than the test may take, so there is a result only because the sandbox is ended.
  it.skipIf(!hasSandbox).each(['timed_out', 'cancelled'] as const)(
    'is ended with its whole sandbox, not only with the launcher: %s',
    async (status) => {
      const controller = new AbortController();
      const running = run('echo 1 > a; sleep 600 & sleep 600', [], status === 'timed_out' ? 1 : 60, controller.signal);
      if (status === 'cancelled') {
        await waitFor('the sandbox to start', () => alive().length === 1);
        controller.abort();
      }
      expect((await running).status).toBe(status);
      // If the launcher were killed first, the command would run until the result is collected.
      if (status === 'cancelled') expect(firstDeletion()).toBe('the launcher is running');
      expect(alive()).toEqual([]);
      expect(readdirSync(parent)).toEqual([]);
    },
  );

  it.skipIf(!hasSandbox)('is stopped when its output or its disk exceeds a limit', async () => {
    const small = cloudRunLauncherSandbox({
      binary: launcher,
      limits: { ...DEFAULT_LIMITS, outputBytes: 1e6, diskInodes: 500 },
      parent,
    });
    const ask = (command: string) => small.run({ command, files: [], timeout_seconds: 20, network: 'none' });
    const results = await Promise.all([
      ask('yes'),
      ask('mkdir d; for i in $(seq 2000); do : > d/$i; done; sleep 60'),
      ask('truncate -s 100G f'),
    ]);
    expect(results).toMatchObject([
      { status: 'limit_exceeded', limit: 'output', stdout_truncated: true },
      { status: 'limit_exceeded', limit: 'disk' },
      { status: 'limit_exceeded', limit: 'disk' },
    ]);
    expect(alive()).toEqual([]);
  });

  it('does not run when the policy opens single hosts, because the launcher could only open all', async () => {
    const network = { allowed_hosts: ['files.example.org'] };
    expect(await sandbox.run({ command: 'echo ran > x', files: [], timeout_seconds: 20, network })).toEqual({
      status: 'unavailable',
      reason: expect.stringContaining("never the single hosts of the run's policy"),
    });
    expect(readdirSync(parent)).toEqual([]);
  });

  it('has its tree not read when its sandbox could not be deleted', async () => {
    const stubborn = join(folder, 'stubborn');
    writeFileSync(stubborn, `#!/bin/sh\n[ "$1" = delete ] && exit 1\nread -r secret; echo "$secret started" >&2\n`, {
      mode: 0o755,
    });
    const broken = cloudRunLauncherSandbox({ binary: stubborn, limits: DEFAULT_LIMITS, parent });
    await expect(broken.run({ command: 'true', files: [], timeout_seconds: 5, network: 'none' })).rejects.toThrow(
      /could not be deleted/,
    );
    expect(readdirSync(parent)).toEqual([]);
  });
});

describe('the arguments', () => {
  const settings = {
    name: 'command-1',
    workspace: '/w',
    temporary: '/t',
    empty: '/e',
    hidden: ['/secrets'],
    programs: ['/opt/node/bin'],
    limits: DEFAULT_LIMITS,
    timeoutSeconds: 9,
  };

  it('give no network, no writable root and no environment, and hide private folders', () => {
    const given = launcherArguments({ ...settings, command: 'echo "$HOME"; #' });
    expect(given.slice(0, 8)).toEqual([
      'run',
      'command-1',
      '--mount',
      'type=bind,source=/w,destination=/workspace',
      '--mount',
      'type=bind,source=/t,destination=/tmp',
      '--mount',
      'type=bind,source=/e,destination=/secrets,readonly',
    ]);
    expect(given).not.toContain('--allow-egress');
    expect(given).not.toContain('--write');
    expect(given.slice(8, 11)).toEqual(['--', '/usr/bin/env', '-i']);
    expect(given).toContain('PATH=/opt/node/bin:/usr/local/bin:/usr/bin:/bin');
    expect(given.at(-1)).toBe('echo "$HOME"; #');
    expect(given.at(-3)).not.toContain('echo "$HOME"');
  });

  it('limit memory by address space above the reservation of node, and processes, files and time', () => {
    const script = launcherArguments({ ...settings, command: 'true' }).at(-3);
    expect(script).toContain(`ulimit -v ${(1024 + 1536) * 1024}`);
    expect(script).toContain(`ulimit -f ${512 * 1024}`);
    expect(script).toContain('ulimit -t 14');
    expect(script).toContain('ulimit -u 1024');
  });

  it('refuse a folder whose name would add fields to the mount', () => {
    expect(() => launcherArguments({ ...settings, workspace: '/w,destination=/etc', command: 'true' })).toThrow(
      /comma/,
    );
  });

  it('delete a sandbox with --force', () =>
    expect(deleteArguments('command-1')).toEqual(['delete', 'command-1', '--force']));

  it('hide homes and the project, but no folder that another mount covers', () => {
    expect(hiddenFolders('/usr')).toEqual(expect.arrayContaining(['/home', '/usr']));
    expect(hiddenFolders('/workspace')).not.toContain('/workspace');
    expect(hiddenFolders('/')).not.toContain('/');
    const underTmp = mkdtempSync('/tmp/checkout-');
    expect(hiddenFolders(underTmp)).not.toContain(underTmp);
    rmdirSync(underTmp);
    // A checkout inside a home is hidden together with the home.
    expect(hiddenFolders('/usr/share', '/usr')).not.toContain('/usr/share');
    expect(hiddenFolders('/usr/share', '/var')).toContain('/usr/share');
  });
});

describe('the markers', () => {
  const read = (chunks: string[]) => {
    const written: Buffer[] = [];
    const stream = new MarkedStream('s3cret', (chunk) => written.push(Buffer.from(chunk)));
    for (const chunk of chunks) stream.push(Buffer.from(chunk));
    const end = stream.end();
    return { ...end, started: stream.hasStarted, text: Buffer.concat(written).toString() };
  };

  it('give the exit code and leave the output of the command unchanged, for any split into chunks', () => {
    const whole = 'noise\ns3cret started\nhello\n\ns3cret 17\nlauncher: bye\n';
    for (const chunks of [[whole], [...whole], whole.match(/.{1,7}/gs) ?? []]) {
      expect(read(chunks)).toEqual({ exitCode: 17, launcherSaid: '', started: true, text: 'hello\n' });
    }
  });

  it('cannot be imitated without the secret', () => {
    expect(read(['s3cret started\n', 'guess 0\n\nother 0\n', '\ns3cret 9\n'])).toMatchObject({
      exitCode: 9,
      text: 'guess 0\n\nother 0\n',
    });
    expect(read(['s3cret started\nx\n'])).toMatchObject({ exitCode: undefined, text: 'x\n' });
  });

  it('distinguish a failed launcher from a failed command', () => {
    expect(read(['cannot create sandbox\n'])).toEqual({
      exitCode: undefined,
      launcherSaid: 'cannot create sandbox',
      started: false,
      text: '',
    });
  });

  it('pass long output on', () => {
    expect(read(['s3cret started\n', 'x'.repeat(100_000), '\ns3cret 0\n'])).toMatchObject({
      exitCode: 0,
      text: 'x'.repeat(100_000),
    });
  });
});
