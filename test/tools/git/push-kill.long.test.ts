import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { pushFiles } from '../../../functions/tools/git/push-files.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { pushOf, useGitServer } from './push-support.ts';

/**
 * Kills the pushing process with SIGKILL at points that the server sees, and repeats the call in this process. The
 * remote gets the commit once.
 */
let server: GitServer;
beforeAll(async () => {
  server = await startGitServer();
  useGitServer(server);
});
afterAll(() => server.close());
afterEach(() => {
  server.before = undefined;
  server.cutAnswer = undefined;
});

const FILES = { 'a.txt': 'a\n', 'src/b.js': 'b\n' };

function startPush(repository: string, callKey: string): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'push-child.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // With the compile cache each process after the first starts in half the time. The server's close deletes the
    // cache.
    env: { ...process.env, NODE_COMPILE_CACHE: join(dirname(server.caFile), 'compiled') },
  });
  const { host, caFile, token } = server;
  child.stdin?.end(JSON.stringify({ host, caFile, token, repository, callKey, files: FILES }));
  return child;
}

/**
 * Kills the process with SIGKILL. If its whole machine is lost, its git processes are killed too; otherwise they
 * continue.
 */
function kill(child: ChildProcess, isMachineGone: boolean): void {
  const children = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && parentOf(entry) === String(child.pid));
  child.kill('SIGKILL');
  if (isMachineGone) for (const pid of children) process.kill(-Number(pid), 'SIGKILL');
}

function parentOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[1];
  } catch {
    return undefined;
  }
}

const isFetch = ({ url }: IncomingMessage) => url?.includes('service=git-upload-pack') ?? false;
const isPushAsked = ({ url }: IncomingMessage) => url?.includes('service=git-receive-pack') ?? false;
const isPush = ({ method, url }: IncomingMessage) => method === 'POST' && (url?.endsWith('/git-receive-pack') ?? false);

describe.each([
  ['whose git process continues', false],
  ['together with its git process', true],
])('a killed process, %s:', (_what, isMachineGone) => {
  const key = isMachineGone ? 'gone' : 'orphan';

  test.each<[string, (request: IncomingMessage) => boolean]>([
    ['before it has fetched', isFetch],
    ['after it has made the commit, before the push', isPushAsked],
    ['in the middle of the push', isPush],
  ])('%s: the repetition pushes once', async (what, isMoment) => {
    const repository = `${key}/${what.replace(/[^a-z]+/g, '-')}`;
    server.create(repository, { 'README.md': 'theirs' });
    const child = startPush(repository, what);
    let isKilled = false;
    server.before = (request) => {
      if (!isKilled && isMoment(request)) {
        isKilled = true;
        kill(child, isMachineGone);
      }
      return false;
    };
    await once(child, 'close');
    expect(isKilled).toBe(true);
    await expectOnce(repository, what);
    // Another repetition changes nothing, after the remaining processes of the killed one have ended.
    if (!isMachineGone) expect(await expectOnce(repository, what)).toBe('done-before');
  });

  test('after the server accepted the push and its answer was lost: the repetition finds the commit', async () => {
    const repository = `${key}/lost-answer`;
    server.create(repository, { 'README.md': 'theirs' });
    const child = startPush(repository, 'lost');
    server.cutAnswer = (request) => {
      if (!isPush(request)) return false;
      kill(child, isMachineGone);
      return true;
    };
    await once(child, 'close');
    server.cutAnswer = undefined;
    expect(await expectOnce(repository, 'lost')).toBe('done-before');
  });
});

test('a process killed before it records the result: the repetition finds the commit', async () => {
  const repository = 'gone/not-recorded';
  server.create(repository, { 'README.md': 'theirs' });
  const child = startPush(repository, 'unrecorded');
  if (child.stdout) await once(child.stdout, 'data');
  kill(child, true);
  await once(child, 'close');
  expect(await expectOnce(repository, 'unrecorded')).toBe('done-before');
});

/** Repeats the call and checks that the remote has its commit once. */
async function expectOnce(repository: string, callKey: string): Promise<string> {
  const result = await pushFiles(pushOf(server, repository, FILES, { plan: { callKey } }), () => true);
  expect(['pushed', 'done-before']).toContain(result.status);
  const log = server.git(repository, 'log', '--format=%H', 'apexflow/run').split('\n');
  expect(log).toHaveLength(2);
  expect(log[0]).toBe('commit' in result ? result.commit : undefined);
  expect(server.read(repository, 'apexflow/run', 'src/b.js')).toBe('b');
  return result.status;
}
