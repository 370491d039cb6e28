import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { writeCommit } from '../../../functions/entities/branch/write-commit.ts';
import { commitSession } from '../../../functions/entities/endpoints/commit-session.ts';
import { diffEntity } from '../../../functions/entities/endpoints/diff-entity.ts';
import { getContext } from '../../../functions/entities/endpoints/get-context.ts';
import { getRepoStatus } from '../../../functions/entities/endpoints/get-repo-status.ts';
import { listEntities } from '../../../functions/entities/endpoints/list-entities.ts';
import { listEntityHistory } from '../../../functions/entities/endpoints/list-entity-history.ts';
import { readEntity } from '../../../functions/entities/endpoints/read-entity.ts';
import { rebuildIndex } from '../../../functions/entities/endpoints/rebuild-index.ts';
import { receiveAndCommit } from '../../../functions/entities/endpoints/receive-and-commit.ts';
import { setupRepo } from '../../../functions/entities/endpoints/setup-repo.ts';
import { startSync } from '../../../functions/entities/endpoints/start-sync.ts';
import { claimRepository, findHead } from '../../../functions/entities/sql/memory-repository.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { syncRepo } from '../../../functions/entities/steps/sync-repo.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { checkExport } from '../check-export.ts';
import { createPerson, type Person, scopeOf } from '../people.ts';
import { expectIndexed, textsOf, useGitServer } from './synced-memory.ts';

let database: Database;
let server: TestServer;
let git: GitServer;
beforeAll(async () => {
  database = await openDatabase();
  git = await startGitServer();
  useGitServer(git);
  server = await startServer([
    commitSession,
    diffEntity,
    listEntityHistory,
    getContext,
    getRepoStatus,
    listEntities,
    receiveAndCommit,
    readEntity,
    rebuildIndex,
    setupRepo,
    startSync,
    proposeChanges,
    syncRepo,
  ]);
}, 60_000);
afterAll(async () => {
  await server.close();
  await git.close();
});

let who: Person;
let repository: string;
let count = 0;
beforeEach(async () => {
  who = await createPerson(database, 'member');
  count += 1;
  repository = `maya/memory${count}`;
});
afterEach(() => {
  git.before = undefined;
  git.cutAnswer = undefined;
});

const call = (person: Person, method: string, path: string, body?: unknown) =>
  server.call(method, `/api/v1${path}`, { token: person.token, ...(body === undefined ? {} : { body }) });
const MAYA = 'memories/people/maya.md';
const link = async (body: object = {}) => {
  const answer = await call(who, 'POST', '/repos/setup', { repo_url: repository, ...body });
  expect(answer).toMatchObject({ body: { link: { status: 'linked' } } });
  return answer;
};
/** Syncs with a token that is used for this call only. */
const sync = async (github_token = git.token) => {
  const answer = await call(who, 'POST', '/repos/sync', { github_token });
  expect(answer.status).toBe(200);
  return answer.body;
};
const tell = async (text: string, speaker = 'Maya') => {
  const answer = await call(who, 'POST', '/memory/process-and-commit?wait=20', {
    session_id: createId('ses'),
    turns: [{ speaker, text, said_at: '2026-03-03T10:00:00Z' }],
  });
  expect(answer).toMatchObject({ status: 200, body: { status: 'committed' } });
  return answer.body.commit_id as string;
};
const tip = () => git.tip(repository);
const read = async (path = MAYA) => (await textsOf(database, who)).get(path) ?? '';
const theirs = (path = MAYA) => git.git(repository, 'show', `main:${path}`);
const person = (name: string, blocks: Record<string, string>) =>
  `---\nname: ${name}\ntype: person\naliases: []\n---\n\n# ${name}\n\n${Object.entries(blocks)
    .map(([heading, text]) => `/START\n### ${heading} [Strength: Low]\n${text}\n/END\n`)
    .join('\n')}`;
/** Checks that both sides are equal, and that neither git nor the index has a fault. Returns the commit. */
async function expectSame() {
  const head = (await call(who, 'GET', `/repos/status/${who.userId}`)).body.head_commit;
  expect(head).toBe(tip());
  expect(git.git(repository, 'fsck', '--strict', '--full')).toBe('');
  expect((await checkExport(database, who))[0]).toBe(head);
  await expectIndexed(database, who);
  return head as string;
}

describe('a sync', () => {
  test('pushes everything into an empty repository, then takes its commits unchanged, with dates and diffs', async () => {
    git.create(repository);
    const commit = await tell('I live in Porto.');
    await link();
    expect(await sync()).toMatchObject({
      repo_url: `https://${git.host}/${repository}`,
      head_commit: commit,
      sync: { outcome: 'synced', pulled: null, pushed_commit: commit },
    });
    expect(await expectSame()).toBe(commit);
    const requests = git.requests.length;
    expect((await sync()).sync).toEqual({ outcome: 'synced', pulled: null, pushed_commit: null });
    // Reading the repository takes two requests: one that is rejected, and one with the token.
    expect(git.requests.slice(requests).filter(({ line }) => line.startsWith('POST')).length).toBeLessThanOrEqual(1);

    // A commit that changes no entity needs no index commit of ours.
    const found = git.commit(repository, 'main', { 'README.md': 'Hello.\n' });
    expect((await sync()).sync).toEqual({
      outcome: 'synced',
      pulled: { remote_commit: found, commit_id: found, commits: 1 },
      pushed_commit: null,
    });
    expect(await expectSame()).toBe(found);

    const before = new Date().toISOString();
    git.commit(repository, 'main', { [MAYA]: theirs().replace('I live in Porto', 'I live in Lisbon') });
    const { head_commit: head } = await sync();
    const then = (await call(who, 'GET', `/memory/entities/${MAYA}?as_of=${before}`)).body;
    const now = (await call(who, 'GET', `/memory/entities/${MAYA}`)).body;
    expect([then.text.includes('Lisbon'), now.text.includes('Lisbon')]).toEqual([false, true]);
    expect(now.blocks[0].commit_id).toBe(head);
    const diff = (await call(who, 'GET', `/memory/entities/${MAYA}/diff`)).body;
    expect(diff).toMatchObject({ to: head, blocks: [{ kind: 'changed' }] });
    expect((await call(who, 'GET', '/memory/entities')).body.items).toMatchObject([{ path: MAYA, edits: 2 }]);

    await tell('I have 2 cats.');
    expect((await sync()).sync).toMatchObject({ outcome: 'synced', pulled: null });
    await expectSame();
  });

  test('of two empty sides is synced', async () => {
    git.create(repository);
    await link();
    expect((await sync()).sync).toEqual({ outcome: 'synced', pulled: null, pushed_commit: null });
    expect(await sync()).toMatchObject({ status: 'active', commits: 0 });
  });

  test('takes everything into an empty memory: entities are indexed, other files keep bytes and mode', async () => {
    const picture = randomBytes(2000);
    git.create(repository, { 'README.md': '# Mine\n', LICENSE: 'MIT\n', '.github/workflows/ci.yml': 'on: push\n' });
    git.plant(repository, `100755 blob ${git.object(repository, 'blob', '#!/bin/sh\n')}\trun.sh`);
    git.commit(repository, 'main', {
      'img/logo.png': picture,
      [MAYA]: person('Maya', { Home: 'She lives in Porto.' }),
    });
    const found = tip();
    await link();
    const { sync: report, head_commit: head } = await sync();
    expect(report).toEqual({
      outcome: 'synced',
      pulled: { remote_commit: found, commit_id: head, commits: 3 },
      pushed_commit: head,
    });
    await expectSame();
    const entity = (await call(who, 'GET', `/memory/entities/${MAYA}`)).body;
    expect(entity).toMatchObject({ name: 'Maya', blocks: [{ block: 'home', commit_id: head }] });
    const { items } = (await call(who, 'GET', `/memory/entities/${MAYA}/history`)).body;
    expect(items).toMatchObject([
      { commit_id: head, position: 1, session_id: null, remote: { commit_id: found, authors: ['Somebody'] } },
    ]);
    expect(JSON.stringify([entity, items, report])).not.toContain('somebody@example.com');
    // The index is committed on top; everything else is unchanged.
    expect(git.git(repository, 'diff', '--name-status', found, 'main')).toBe('A\tindex/memories/people/maya.json');
    // Readers skip files that are not text.
    expect((await call(who, 'POST', '/memory/rebuild-index')).body).toMatchObject({ entities: 1, commit_id: null });
    expect((await call(who, 'POST', '/memory/context', { depth: 'deep', conversation: 'Maya Porto' })).status).toBe(
      200,
    );
    await tell('I have 2 cats.');
    await sync();
    await expectSame();
    const entryOf = (commit: string, path: string) => git.git(repository, 'ls-tree', commit, path);
    expect(entryOf('main', 'img/logo.png')).toBe(entryOf(found, 'img/logo.png'));
    expect(entryOf('main', 'run.sh')).toBe(entryOf(found, 'run.sh'));
    expect(entryOf('main', 'run.sh')).toMatch(/^100755/);
  });

  test('merges two sides that have moved: two parents, each block from the side that changed it', async () => {
    git.create(repository);
    await tell('I live in Porto.');
    await link();
    await sync();
    const base = tip();
    git.commit(repository, 'main', { [MAYA]: `${theirs()}\n\n/START\n### Garden\nShe has a garden.\n/END\n` });
    const remote = tip();
    const own = await tell('I have 2 cats.');
    const { sync: report } = await sync();
    expect(report).toMatchObject({ outcome: 'synced', pulled: { remote_commit: remote, commits: 1 } });
    const head = await expectSame();
    expect(git.git(repository, 'rev-parse', `${head}^1`, `${head}^2`).split('\n')).toEqual([own, remote]);
    expect(git.git(repository, 'merge-base', own, remote)).toBe(base);
    const text = await read();
    for (const said of ['Porto', '2 cats', 'garden']) expect(text).toContain(said);
    expect(git.git(repository, 'log', '-1', '--format=%an <%ae>%n%B')).toBe(
      `ApexFlow Memory <memory@apexflow.invalid>\nMerge 1 commit of ${repository}\n\nRemote-Commit: ${remote}`,
    );
  });

  test('merges other texts line by line, and a timeline entry by entry', async () => {
    git.create(repository);
    await tell('I live in Porto.');
    await link();
    await sync();
    git.commit(repository, 'main', { 'notes.md': 'one\ntwo\nthree\nfour\nfive\n' });
    await sync();
    await takeOwn({ 'notes.md': 'ONE\ntwo\nthree\nfour\nfive\n' });
    // An entry is added at the same place where the session adds its own.
    git.commit(repository, 'main', {
      'notes.md': 'one\ntwo\nthree\nfour\nFIVE\n',
      'timeline/2026-03.md': `${theirs('timeline/2026-03.md')}\n\n#### 2026-03-09 (by hand)\n\n- sailed\n`,
    });
    await tell('I have 2 cats.');
    expect((await sync()).sync).toMatchObject({ outcome: 'synced' });
    await expectSame();
    expect(await read('notes.md')).toBe('ONE\ntwo\nthree\nfour\nFIVE\n');
    const timeline = await read('timeline/2026-03.md');
    expect(timeline.match(/^#### /gm)).toHaveLength(3);
    expect(timeline).toContain('- sailed');
  });
});

test('a removal at the repository removes the file here, and conflicts with a change here', async () => {
  const leo = 'memories/people/leo.md';
  git.create(repository, { [MAYA]: person('Maya', { Home: 'Porto.' }), [leo]: person('Leo', { Home: 'Faro.' }) });
  await link();
  await sync();
  git.commit(repository, 'main', { [leo]: null });
  await tell('I have 2 cats.');
  expect((await sync()).sync.outcome).toBe('synced');
  await expectSame();
  expect(await read(leo)).toBe('');
  expect((await call(who, 'GET', `/memory/entities/${leo}`)).status).toBe(404);
  expect((await call(who, 'GET', `/memory/entities/${leo}/history`)).body.items[0].kind).toBe('removed');

  git.commit(repository, 'main', { [MAYA]: null });
  await tell('I have 3 dogs.');
  const { sync: report } = await sync();
  expect(report).toMatchObject({ outcome: 'conflict', conflicts: [{ path: MAYA, block: null, repository: null }] });
  expect(report.conflicts[0].memory).toContain('3 dogs');
  // Restoring the file as both sides had it ends the conflict.
  git.commit(repository, 'main', { [MAYA]: report.conflicts[0].base });
  expect((await sync()).sync.outcome).toBe('synced');
  await expectSame();
  expect(await read()).toContain('3 dogs');
});

describe('a conflict', () => {
  /** Changes the same block differently on both sides. */
  const disagree = async () => {
    git.create(repository, { [MAYA]: person('Maya', { Home: 'Porto.', Work: 'Harbour.' }) });
    await link();
    await sync();
    await edit('Porto.', 'Faro.');
    git.commit(repository, 'main', { [MAYA]: theirs().replace('Porto.', 'Lisbon.') });
  };
  const edit = async (search: string, replacement: string) => {
    const session_id = createId('ses');
    const scoped = database.as(scopeOf(who));
    const head = (await call(who, 'GET', `/repos/status/${who.userId}`)).body.head_commit;
    await scoped.query({
      name: 'test_stage_edit',
      text: `insert into memory_change_sets (tenant_id, user_id, session_id, base_commit, proposer, edits, session_day) values ($1, $2, $3, $4, 'model', $5, '2026-03-04')`,
      values: [
        who.tenantId,
        who.userId,
        session_id,
        head,
        JSON.stringify([{ op: 'replace', path: MAYA, search, replacement }]),
      ],
    });
    await scoped.query({
      name: 'test_stage_job',
      text: `insert into memory_jobs (id, tenant_id, user_id, session_id, commits, status) values ($1, $2, $3, $4, true, 'staged')`,
      values: [createId('job'), who.tenantId, who.userId, session_id],
    });
    expect((await call(who, 'POST', '/memory/commit-session', { session_id })).status).toBe(200);
  };

  test('is reported with both sides, changes neither, is not retried while neither moves, and ends by an edit at the repository', async () => {
    await disagree();
    const [before, head] = [tip(), (await call(who, 'GET', `/repos/status/${who.userId}`)).body.head_commit];
    const first = await sync();
    expect(first.sync).toMatchObject({
      outcome: 'conflict',
      pulled: null,
      pushed_commit: null,
      left_out: 0,
      conflicts: [{ path: MAYA, block: 'home' }],
    });
    const [conflict] = first.sync.conflicts;
    expect([/Porto/.test(conflict.base), /Faro/.test(conflict.memory), /Lisbon/.test(conflict.repository)]).toEqual([
      true,
      true,
      true,
    ]);
    expect([tip(), first.head_commit]).toEqual([before, head]);
    const requests = git.requests.length;
    const again = await sync();
    expect(again.sync).toEqual(first.sync);
    expect(again.last_sync).not.toBe(first.last_sync);
    expect(git.requests.slice(requests).some(({ line }) => line.includes('receive-pack'))).toBe(false);
    // Nothing of the failed merge is stored.
    await checkExport(database, who);

    git.commit(repository, 'main', { [MAYA]: theirs().replace('Lisbon.', 'Faro.').replace('Harbour.', 'Retired.') });
    expect((await sync()).sync.outcome).toBe('synced');
    await expectSame();
    expect(await read()).toMatch(/Faro\.[\s\S]*Retired\./);
  });

  test('ends by a session here', async () => {
    await disagree();
    expect((await sync()).sync.outcome).toBe('conflict');
    await edit('Faro.', 'Lisbon.');
    expect((await sync()).sync.outcome).toBe('synced');
    await expectSame();
    expect(await read()).toContain('Lisbon.');
  });

  test('of two unrelated histories: merges them when no path contradicts, else reports the conflict', async () => {
    git.create(repository, { 'README.md': 'Mine.\n', 'memories/people/leo.md': person('Leo', { Home: 'Faro.' }) });
    await tell('I live in Porto.');
    await link();
    expect((await sync()).sync).toMatchObject({ outcome: 'synced', pulled: { commits: 1 } });
    await expectSame();
    expect((await call(who, 'GET', '/memory/entities')).body.items).toHaveLength(2);

    who = await createPerson(database, 'member');
    repository = `${repository}-other`;
    git.create(repository, { [MAYA]: person('Maya', { Home: 'Faro.' }).replace('aliases: []', 'aliases: [M]') });
    await tell('I live in Porto.');
    await link();
    expect((await sync()).sync).toMatchObject({ outcome: 'conflict', conflicts: [{ path: MAYA, block: '' }] });
  });

  test('of other texts and of binary files covers whole files', async () => {
    git.create(repository, { 'notes.md': 'one\n', 'a.bin': '\0' });
    await link();
    await sync();
    await takeOwn({ 'notes.md': 'here\n', 'a.bin': '\0here' });
    git.commit(repository, 'main', { 'notes.md': 'there\n', 'a.bin': Buffer.from('\0there') });
    const { sync: report } = await sync();
    expect(report).toMatchObject({
      outcome: 'conflict',
      conflicts: [
        { path: 'a.bin', block: null, base: '(1 bytes of binary data)' },
        { path: 'notes.md', block: null, base: 'one\n', memory: 'here\n', repository: 'there\n' },
      ],
    });
  });
});

/** Commits changes that no session makes, as another sync would. */
async function takeOwn(files: Record<string, string>): Promise<void> {
  const owner = { tenantId: who.tenantId, userId: who.userId };
  await database.as(scopeOf(who)).transaction(async (transaction) => {
    const held = await claimRepository(transaction);
    if (held === undefined) throw new Error('There is no repository');
    const head = await findHead(transaction, held.branch);
    const writes = new Map(Object.entries(files));
    await writeCommit(transaction, { owner, repository: held, head, writes, message: 'By another way' });
  });
}
