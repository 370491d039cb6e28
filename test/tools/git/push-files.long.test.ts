import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { callTrailer } from '../../../functions/tools/git/commit-plan.ts';
import { HISTORY } from '../../../functions/tools/git/fetch-base.ts';
import { previewPush, pushFiles } from '../../../functions/tools/git/push-files.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { pushOf, useGitServer } from './push-support.ts';

/** Shortens the pause between attempts, which grows to 2 s, to a twentieth. No test depends on the pause. */
vi.mock('node:timers/promises', async (load) => {
  const timers = await load<typeof import('node:timers/promises')>();
  const setTimeout: typeof timers.setTimeout = (delay = 0, ...rest) => timers.setTimeout(delay / 20, ...rest);
  return { ...timers, setTimeout };
});

let server: GitServer;
let repository = '';
let count = 0;
beforeAll(async () => {
  server = await startGitServer();
  useGitServer(server);
});
afterAll(() => server.close());
beforeEach(() => {
  count += 1;
  repository = `acme/app${count}`;
});
afterEach(() => {
  server.before = undefined;
  server.cutAnswer = undefined;
});

const log = (branch = 'apexflow/run') => server.git(repository, 'log', '--format=%H', branch).split('\n');
const filesOf = (branch = 'apexflow/run') => server.git(repository, 'ls-tree', '-r', '--name-only', branch).split('\n');

describe('a push', () => {
  test('to an empty repository makes its first commit with contents, modes, author, date and trailers, and a later push can remove its files', async () => {
    server.create(repository);
    const files = {
      'a/b.txt': 'hello\n',
      'run.sh': '#!/bin/sh\n',
      'ünï "quoted" \\ name.txt': 'x',
      '.gitignore': '*.txt\n',
      empty: '',
    };
    const push = pushOf(server, repository, files);
    const result = await pushFiles(push, () => true);
    expect(result).toMatchObject({ status: 'pushed', isNewBranch: true });
    expect(result.status === 'pushed' && result.changes.map(({ path }) => path).sort()).toEqual(
      Object.keys(files).sort(),
    );
    expect(server.read(repository, 'apexflow/run', 'a/b.txt')).toBe('hello');
    expect(server.git(repository, 'ls-tree', 'apexflow/run', 'run.sh')).toMatch(/^100755/);
    expect(
      server.git(repository, '-c', 'core.quotePath=false', 'ls-tree', '-z', '--name-only', 'apexflow/run'),
    ).toContain('ünï "quoted" \\ name.txt');
    expect(server.git(repository, 'log', '-1', '--format=%an %ae %at %cn %ct', 'apexflow/run')).toBe(
      `ApexFlow backend backend@apexflow.invalid ${Date.parse('2026-11-21T03:00:00Z') / 1000} ApexFlow backend ${Date.parse('2026-11-21T03:00:00Z') / 1000}`,
    );
    expect(server.git(repository, 'log', '-1', '--format=%B', 'apexflow/run')).toMatch(
      /^Add the counter\n\nApexFlow-Run: run_1\nApexFlow-Call: [0-9a-f]{64}$/,
    );
    expect(server.git(repository, 'fsck', '--full', '--strict')).toBe('');
    // The first commit of the repository counts as a commit of the run, so its files can be removed.
    await pushFiles(pushOf(server, repository, { 'run.sh': '#!/bin/sh\n' }), () => true);
    expect(filesOf()).toEqual(['run.sh']);
  });

  test('to a new branch starts from the default branch and keeps files that were never the run’s', async () => {
    server.create(repository, { 'README.md': 'theirs', 'src/old.js': 'old', 'src/same.js': 'same' });
    const main = server.tip(repository);
    const preview = await previewPush(
      pushOf(server, repository, { 'src/old.js': 'new', 'src/same.js': 'same', 'src/new.js': '1' }),
    );
    expect(preview).toEqual({
      base: { commit: main, isBranchThere: false },
      changes: [
        { status: 'A', path: 'src/new.js' },
        {
          status: 'M',
          path: 'src/old.js',
          before: server.git(repository, 'rev-parse', 'main:src/old.js').trim(),
        },
      ],
    });
    expect(server.git(repository, 'branch', '--list', 'apexflow/run')).toBe('');
    await pushFiles(
      pushOf(server, repository, { 'src/old.js': 'new', 'src/same.js': 'same', 'src/new.js': '1' }),
      () => true,
    );
    expect(filesOf()).toEqual(['README.md', 'src/new.js', 'src/old.js', 'src/same.js']);
    expect(log().at(-1)).toBe(main);
    expect(server.tip(repository)).toBe(main);
  });

  test('removes files that the run no longer has, and no file of others', async () => {
    server.create(repository, { 'README.md': 'theirs' });
    await pushFiles(pushOf(server, repository, { 'one.js': '1', 'two.js': '2' }), () => true);
    server.commit(repository, 'apexflow/run', { 'by-hand.js': 'h' });
    await pushFiles(pushOf(server, repository, { 'two.js': '2b' }), () => true);
    expect(filesOf()).toEqual(['README.md', 'by-hand.js', 'two.js']);
    // A push never removes files of another run.
    await pushFiles(pushOf(server, repository, { 'three.js': '3' }, { plan: { runId: 'run_2' } }), () => true);
    expect(filesOf()).toEqual(['README.md', 'by-hand.js', 'three.js', 'two.js']);
    expect(log()).toHaveLength(5);
  });

  test('to a history that is longer than the fetched part removes only files of the run', async () => {
    server.create(repository, { 'README.md': 'theirs', 'lib/x.js': 'x' });
    await pushFiles(pushOf(server, repository, { 'one.js': '1' }), () => true);
    const tree = server.git(repository, 'rev-parse', 'apexflow/run^{tree}');
    let tip = server.tip(repository, 'apexflow/run');
    for (let more = 0; more < HISTORY - 1; more += 1) tip = server.commitTree(repository, tree, [tip]);
    server.setTip(repository, tip, 'apexflow/run');
    await pushFiles(pushOf(server, repository, { 'two.js': '2' }), () => true);
    expect(filesOf()).toEqual(['README.md', 'lib/x.js', 'one.js', 'two.js']);
  });

  test('of unchanged files makes no commit', async () => {
    server.create(repository, { 'a.txt': 'a' });
    const head = server.tip(repository);
    expect(await pushFiles(pushOf(server, repository, { 'a.txt': 'a' }, { branch: 'main' }), () => true)).toEqual({
      status: 'unchanged',
      commit: head,
      isBranchThere: true,
    });
    expect(server.requests.filter(({ line }) => line.includes(`${repository}.git/git-receive-pack`))).toEqual([]);
  });

  test('is idempotent for one call, also when others pushed meanwhile', async () => {
    server.create(repository, { 'README.md': 'theirs' });
    const push = pushOf(server, repository, { 'a.txt': 'a' });
    const first = await pushFiles(push, () => true);
    const commit = first.status === 'pushed' ? first.commit : '';
    expect(await pushFiles(push, () => true)).toEqual({ status: 'done-before', commit });
    server.commit(repository, 'apexflow/run', { 'by-hand.js': 'h' });
    // The files have changed since, so a new push is not allowed. The earlier push is found anyway.
    const later = pushOf(server, repository, { 'a.txt': 'b' }, { plan: { callKey: push.plan.callKey } });
    expect(await pushFiles(later, () => false)).toEqual({ status: 'done-before', commit });
    expect(log()).toHaveLength(3);
  });

  test('that is not allowed for these files does nothing', async () => {
    server.create(repository);
    expect(await pushFiles(pushOf(server, repository, { 'a.txt': 'a' }), () => false)).toEqual({ status: 'changed' });
    expect(server.git(repository, 'for-each-ref')).toBe('');
  });

  test('ignores commit messages that imitate the trailer of the call', async () => {
    server.create(repository, { 'README.md': 'theirs' });
    const push = pushOf(server, repository, { 'a.txt': 'a' });
    const trailer = callTrailer(push.plan.callKey);
    await pushFiles(
      pushOf(server, repository, { 'b.txt': 'b' }, { plan: { message: `Sneaky\n\n${trailer}\n${trailer}` } }),
      () => true,
    );
    expect((await pushFiles(push, () => true)).status).toBe('pushed');
    expect(filesOf()).toContain('a.txt');
  });
});

describe('a push whose answer is lost', () => {
  test('is found at the remote by the same call', async () => {
    server.create(repository, { 'README.md': 'theirs' });
    let cuts = 1;
    server.cutAnswer = ({ method, url }) =>
      method === 'POST' && url?.endsWith('git-receive-pack') === true && cuts-- > 0;
    const result = await pushFiles(pushOf(server, repository, { 'a.txt': 'a' }), () => true);
    expect(result).toEqual({ status: 'done-before', commit: log()[0] });
    expect(log()).toHaveLength(2);
  });

  test('fails when the remote stays unreachable, and is done once by the repetition', async () => {
    server.create(repository, { 'README.md': 'theirs' });
    const push = pushOf(server, repository, { 'a.txt': 'a' });
    let isGone = false;
    server.before = (request) => {
      if (isGone) request.socket.destroy();
      return isGone;
    };
    server.cutAnswer = ({ method, url }) => {
      isGone ||= method === 'POST' && url?.endsWith('git-receive-pack') === true;
      return isGone;
    };
    await expect(pushFiles(push, () => true)).rejects.toMatchObject({ kind: 'unreachable' });
    server.before = undefined;
    server.cutAnswer = undefined;
    expect((await pushFiles(push, () => true)).status).toBe('done-before');
    expect(log()).toHaveLength(2);
  });
});

describe('concurrent pushes', () => {
  test('to one branch are all stored, one on top of the other and without force', async () => {
    server.create(repository, { 'README.md': 'theirs' });
    const pushes = ['one', 'two', 'three'].map((name) =>
      pushFiles(
        pushOf(server, repository, { [`${name}.txt`]: name }, { branch: 'main', plan: { runId: `run_${name}` } }),
        () => true,
      ),
    );
    const results = await Promise.all(pushes);
    expect(results.map(({ status }) => status)).toEqual(['pushed', 'pushed', 'pushed']);
    expect(filesOf('main')).toEqual(['README.md', 'one.txt', 'three.txt', 'two.txt']);
    expect(log('main')).toHaveLength(4);
    expect(server.git(repository, 'rev-list', '--merges', '--count', 'main')).toBe('0');
  });

  test('of one call make one commit', async () => {
    server.create(repository, { 'README.md': 'theirs' });
    const push = pushOf(server, repository, { 'a.txt': 'a' });
    const results = await Promise.all([
      pushFiles(push, () => true),
      pushFiles(push, () => true),
      pushFiles(push, () => true),
    ]);
    const commits = results.map((result) => ('commit' in result ? result.commit : result.status));
    expect(new Set(commits)).toEqual(new Set([log()[0]]));
    expect(log()).toHaveLength(2);
  });

  test('that lose against another user each time end as a conflict, and the other user’s commits stay', async () => {
    server.create(repository, { 'README.md': 'theirs' });
    let theirs = 0;
    server.before = ({ method, url }) => {
      if (method === 'POST' && url?.endsWith('git-receive-pack')) {
        theirs += 1;
        server.commit(repository, 'main', { 'theirs.txt': String(theirs) });
      }
      return false;
    };
    const result = await pushFiles(pushOf(server, repository, { 'a.txt': 'a' }, { branch: 'main' }), () => true);
    expect(result).toEqual({ status: 'conflict' });
    expect(theirs).toBe(5);
    expect(server.read(repository, 'main', 'theirs.txt')).toBe('5');
    expect(filesOf('main')).not.toContain('a.txt');
  });
});
