import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cloudKms } from '../../../functions/platform/secrets/cloud-kms.ts';
import { useKeyEncryption } from '../../../functions/platform/secrets/open-key-encryption.ts';
import { pushRepository } from '../../../functions/runs/tools/push-repository.ts';
import type { ApprovalRequest } from '../../../functions/tools/tool.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { useGitServer } from '../../tools/git/push-support.ts';
import { createOutsideCaller, type OutsideCaller } from './repository-caller.ts';

let server: GitServer;
let caller: OutsideCaller;
let repository = '';
let branch = '';
let count = 0;
beforeAll(async () => {
  server = await startGitServer();
  useGitServer(server);
});
afterAll(() => server.close());
beforeEach(async () => {
  count += 1;
  repository = `acme/app${count}`;
  server.create(repository, { 'README.md': 'theirs', 'old.js': 'old' });
  caller = await createOutsideCaller(repository);
  branch = `apexflow/${caller.runId}`;
  await caller.putSecret('github_token', server.token);
  await caller.write({ 'a.txt': 'a', 'old.js': 'new' });
});
afterEach(() => {
  server.before = undefined;
  useKeyEncryption(undefined);
});

const MESSAGE = { message: 'Add a\n\nBecause of b.' };

async function asked(parameters: unknown = MESSAGE): Promise<ApprovalRequest> {
  const request = await caller.ask(pushRepository, parameters);
  if (request.status !== 'approval') throw new Error(`There is no approval request: ${request.output}`);
  return request;
}

describe('the approval request', () => {
  test('shows the repository, the branch, the message and the changes, which the fingerprint covers; nothing is pushed', async () => {
    const request = await asked();
    const main = server.tip(repository).slice(0, 12);
    expect(request.summary).toBe(`Push 2 changed files to ${branch} of ${repository} at ${server.host}.`);
    expect(request.details).toBe(
      [
        `Repository: https://${server.host}/${repository}.git`,
        `Branch: ${branch} (new, from the default branch at ${main})`,
        'Message:\n  | Add a\n  | \n  | Because of b.',
        'Changes (A added, M modified, D deleted):\nA a.txt\nM old.js',
      ].join('\n'),
    );
    expect(request.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(server.git(repository, 'branch', '--list', 'apexflow/*')).toBe('');
    expect(JSON.stringify(request)).not.toContain(server.token);

    // The fingerprint depends on files, message and branch, and not on the time.
    expect((await asked()).fingerprint).toBe(request.fingerprint);
    const others = [await asked({ message: 'Other' }), await asked({ ...MESSAGE, branch: 'main' })];
    await caller.write({ 'a.txt': 'b' });
    others.push(await asked());
    expect(new Set([request, ...others].map(({ fingerprint }) => fingerprint)).size).toBe(4);
  });

  test.each<[string, (of: OutsideCaller) => Promise<unknown>, RegExp]>([
    [
      'without a token',
      (of) => of.database.query({ name: 'test_drop_secrets', text: 'delete from tenant_secrets' }),
      /no secret github_token/,
    ],
    [
      'with a wrong token',
      async (of) => {
        await of.database.query({ name: 'test_drop_secrets', text: 'delete from tenant_secrets' });
        await of.putSecret('github_token', 'ghp_wrong');
      },
      /github_token is wrong/,
    ],
    [
      'with a token of two lines',
      async (of) => {
        await of.database.query({ name: 'test_drop_secrets', text: 'delete from tenant_secrets' });
        await of.putSecret('github_token', `${server.token}\nhost=evil.example`);
      },
      /is not a token/,
    ],
    ['without files', (of) => of.write({ 'a.txt': null, 'old.js': null }), /no files/],
    ['without changes', (of) => of.write({ 'a.txt': null, 'old.js': 'old' }), /nothing to push/],
  ])('%s there is no approval request, and the model reads why', async (_what, change, words) => {
    await change(caller);
    const outcome = await caller.ask(pushRepository, MESSAGE);
    expect(outcome).toMatchObject({ status: 'completed', isError: true, output: expect.stringMatching(words) });
  });

  test('does not exist for a run without a repository', async () => {
    const other = await createOutsideCaller();
    const outcome = await other.ask(pushRepository, MESSAGE);
    expect(outcome).toMatchObject({ isError: true, output: expect.stringContaining('create_repository') });
  });

  test('does not exist for a repository at a host that is not allowed', async () => {
    const bad = await createOutsideCaller('https://evil.example/acme/app');
    expect(await bad.ask(pushRepository, MESSAGE)).toMatchObject({
      isError: true,
      output: expect.stringContaining('only'),
    });
  });

  test('rejects invalid arguments', () => {
    for (const parameters of [
      { message: '' },
      { message: 'x', branch: '--force' },
      { message: 'x', branch: '+main' },
      { message: 'x', url: 'https://evil' },
      { message: 'a\0b' },
    ])
      expect(pushRepository.parameters.safeParse(parameters).success, JSON.stringify(parameters)).toBe(false);
  });
});

describe('an approved push', () => {
  test('is done once and audits the use of the token; a repetition after a crash finds it', async () => {
    const approved = { ...caller.allowed(await asked()), at: '2026-11-20T03:00:00.000Z' };
    const outcome = await caller.execute(pushRepository, MESSAGE, { approved });
    const commit = server.tip(repository, branch);
    expect(outcome).toMatchObject({
      status: 'completed',
      isError: false,
      output: `Pushed commit ${commit} with 2 changed files to ${branch} of ${repository}.`,
      facts: { repository, branch, commit, changes: 2 },
    });
    expect(server.read(repository, branch, 'old.js')).toBe('new');
    expect(server.git(repository, 'log', '-1', '--format=%at', branch)).toBe(
      String(Date.parse('2026-11-20T03:00:00Z') / 1000),
    );
    const uses = await caller.database.query({
      name: 'test_list_uses',
      text: `select resource, data ->> 'run_id' as run_id, data ->> 'purpose' as purpose from audit_log where action = 'identity-use-secret'`,
    });
    expect(uses).toEqual(
      [1, 2].map(() => ({ resource: 'github_token', run_id: caller.runId, purpose: 'push_repository' })),
    );
    // The repetition finds the commit, although the files have changed since.
    await caller.write({ 'a.txt': 'changed since' });
    const second = await caller.execute(pushRepository, MESSAGE, { approved });
    expect(second).toMatchObject({ isError: false, facts: { commit } });
    expect(server.tip(repository, branch)).toBe(commit);
    expect(server.git(repository, 'rev-list', '--count', branch)).toBe('2');
  });

  test('is approved only for these files, this branch and this message', async () => {
    const approved = caller.allowed(await asked());
    for (const parameters of [{ ...MESSAGE, branch: 'main' }, { message: 'Something else' }])
      expect(await caller.execute(pushRepository, parameters, { approved })).toMatchObject({ isError: true });
    await caller.write({ 'backdoor.js': 'evil' });
    const outcome = await caller.execute(pushRepository, MESSAGE, { approved });
    expect(outcome).toMatchObject({ isError: true, output: expect.stringContaining('changed since') });
    for (const fingerprint of [null, ''])
      expect(await caller.execute(pushRepository, MESSAGE, { approved: { ...approved, fingerprint } })).toMatchObject({
        isError: true,
      });
    expect(server.git(repository, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
    expect(server.git(repository, 'rev-list', '--count', 'main')).toBe('1');
  });

  test('does not overwrite or delete what others have pushed since, because nobody was shown that', async () => {
    const target = { ...MESSAGE, branch: 'main' };
    for (const path of ['a.txt', 'old.js']) {
      const approved = caller.allowed(await asked(target));
      server.commit(repository, 'main', { [path]: 'theirs' });
      const tip = server.tip(repository, 'main');
      expect(await caller.execute(pushRepository, target, { approved })).toMatchObject({
        isError: true,
        output: expect.stringContaining('have changed since'),
      });
      expect(server.tip(repository, 'main')).toBe(tip);
    }
    const again = await asked(target);
    expect(again.details).toContain('M a.txt');
    expect(await caller.execute(pushRepository, target, { approved: caller.allowed(again) })).toMatchObject({
      isError: false,
    });
  });

  test('shows all of many files, those that may run code first, and no name that looks like another', async () => {
    const docs = Object.fromEntries(Array.from({ length: 330 }, (_, index) => [`!docs/${index}.md`, 'x']));
    await caller.write({ ...docs, '.github/workflows/evil.yml': 'on: push', 'src/p\u0430y.js': 'x' });
    const lines = (await asked({ message: 'Docs\n\nChanges (A added):\nA docs/a.md' })).details?.split('\n') ?? [];
    const at = lines.indexOf('Changes (A added, M modified, D deleted):');
    expect(lines.slice(at + 1, at + 4)).toEqual([
      'Files that may run code (1), look at these first:',
      'A .github/workflows/evil.yml',
      'Other files (333):',
    ]);
    expect(lines.filter((line) => /^A !docs\/\d+\.md$/.test(line))).toHaveLength(330);
    expect(lines).toContain('A src/p\\u{430}y.js');
    expect(lines).not.toContain('A docs/a.md');
  });

  test('is committed on top of commits that others have pushed since', async () => {
    const approved = caller.allowed(await asked({ ...MESSAGE, branch: 'main' }));
    server.commit(repository, 'main', { 'theirs.txt': 't' });
    const outcome = await caller.execute(pushRepository, { ...MESSAGE, branch: 'main' }, { approved });
    expect(outcome).toMatchObject({ isError: false });
    expect(server.git(repository, 'ls-tree', '--name-only', 'main').split('\n')).toEqual([
      'README.md',
      'a.txt',
      'old.js',
      'theirs.txt',
    ]);
    expect(server.git(repository, 'rev-list', '--count', 'main')).toBe('3');
  });
});

test('without approval nothing is pushed', async () => {
  expect(await caller.execute(pushRepository, MESSAGE)).toMatchObject({
    isError: true,
    output: expect.stringContaining('Nobody'),
  });
  expect(server.git(repository, 'branch', '--list', 'apexflow/*')).toBe('');
});

test('.git of the workspace is not pushed, and its hooks, settings and commits have no effect', async () => {
  await caller.write({
    '.git/config': `[core]\n\tfsmonitor = touch /tmp/apexflow-pwned\n[url "https://evil.example/"]\n\tinsteadOf = https://\n`,
    '.git/hooks/pre-push': '#!/bin/sh\ntouch /tmp/apexflow-pwned\n',
    '.git/HEAD': 'ref: refs/heads/main\n',
    'sub/.git/config': '[core]\n\thooksPath = .\n',
  });
  const outcome = await caller.execute(pushRepository, MESSAGE, { approved: caller.allowed(await asked()) });
  expect(outcome).toMatchObject({ isError: false });
  expect(server.git(repository, 'ls-tree', '-r', '--name-only', branch).split('\n')).toEqual([
    'README.md',
    'a.txt',
    'old.js',
  ]);
});

test('while the key service is down the call waits for at most an hour; nothing is done without the key', async () => {
  const approved = caller.allowed(await asked());
  const key = 'projects/a/locations/b/keyRings/c/cryptoKeys/d';
  const down = cloudKms(key, { endpoint: 'http://127.0.0.1:1', accessToken: async () => 't' });
  await caller.database.query({
    name: 'test_rename_key',
    text: 'update tenant_secrets set key_name = $1',
    values: [key],
  });
  useKeyEncryption(down);
  const outcome = await caller.execute(pushRepository, MESSAGE, { approved });
  expect(outcome).toMatchObject({ status: 'waiting', wakeAt: expect.any(Date) });
  // The day that the approval took does not count.
  const later = await caller.execute(pushRepository, MESSAGE, { approved, waitingSince: '2026-01-01T00:00:00Z' });
  expect(later).toMatchObject({ status: 'waiting' });
  const allowedLongAgo = { ...approved, at: new Date(Date.now() - 2 * 3_600_000).toISOString() };
  const long = await caller.execute(pushRepository, MESSAGE, { approved: allowedLongAgo });
  expect(long).toMatchObject({ isError: true, output: expect.stringContaining('try again later') });
  expect(await caller.ask(pushRepository, MESSAGE)).toMatchObject({ isError: true });
  expect(server.git(repository, 'branch', '--list', 'apexflow/*')).toBe('');
});
