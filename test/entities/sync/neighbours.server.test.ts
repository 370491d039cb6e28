import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { getContext } from '../../../functions/entities/endpoints/get-context.ts';
import { listEntities } from '../../../functions/entities/endpoints/list-entities.ts';
import { listFollowUps } from '../../../functions/entities/endpoints/list-follow-ups.ts';
import { readEntity } from '../../../functions/entities/endpoints/read-entity.ts';
import { receiveAndCommit } from '../../../functions/entities/endpoints/receive-and-commit.ts';
import { setupRepo } from '../../../functions/entities/endpoints/setup-repo.ts';
import { startSync } from '../../../functions/entities/endpoints/start-sync.ts';
import { proposeChanges } from '../../../functions/entities/steps/propose-changes.ts';
import { syncRepo } from '../../../functions/entities/steps/sync-repo.ts';
import { searchMemory } from '../../../functions/memory/endpoints/search-memory.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { checkExport } from '../check-export.ts';
import { createPerson, type Person } from '../people.ts';
import { expectIndexed, useGitServer } from './synced-memory.ts';

/** Repositories of other tools: what they wrote is found, and what is pushed changes only what a session says. */
let database: Database;
let server: TestServer;
let git: GitServer;
let who: Person;
let repository = '';
let count = 0;
beforeAll(async () => {
  database = await openDatabase();
  git = await startGitServer();
  useGitServer(git);
  server = await startServer([
    getContext,
    listEntities,
    listFollowUps,
    proposeChanges,
    readEntity,
    receiveAndCommit,
    searchMemory,
    setupRepo,
    startSync,
    syncRepo,
  ]);
}, 60_000);
afterAll(async () => {
  await server.close();
  await git.close();
});
beforeEach(async () => {
  who = await createPerson(database, 'member');
  count += 1;
  repository = `ned/vault${count}`;
});

const call = async (method: string, path: string, body?: unknown) => {
  const answer = await server.call(method, `/api/v1${path}`, {
    token: who.token,
    ...(body === undefined ? {} : { body }),
  });
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.body;
};
const sync = async () => {
  const { sync: report } = await call('POST', '/repos/sync', { github_token: git.token });
  expect(report.outcome).toBe('synced');
  expect(git.git(repository, 'fsck', '--strict', '--full')).toBe('');
  await checkExport(database, who);
  await expectIndexed(database, who);
  return report;
};
const link = async (files: Record<string, string>) => {
  git.create(repository, files);
  await server.call('POST', '/api/v1/repos/setup', { token: who.token, body: { repo_url: repository } });
  await sync();
};
const tell = (speaker: string, text: string) =>
  call('POST', '/memory/process-and-commit?wait=20', {
    session_id: createId('ses'),
    turns: [{ speaker, text, said_at: '2026-05-03T10:00:00Z' }],
  });
const blobs = () =>
  new Map(
    git
      .git(repository, '-c', 'core.quotePath=false', 'ls-tree', '-r', 'main')
      .split('\n')
      .map((line) => line.split('\t').reverse() as [string, string]),
  );
const entity = (path: string) => call('GET', `/memory/entities/${path.split('/').map(encodeURIComponent).join('/')}`);
const foundIn = async (query: string) =>
  (await call('POST', '/memory/search', { query })).items.flatMap((hit: { kind: string; path?: string }) =>
    hit.kind === 'block' ? [hit.path] : [],
  );

const MAYA = 'memories/people/Maya Chen.md';
const NOTE = [
  '---',
  'tags:   [people, "boats"]   # do not touch',
  'aliases:',
  '  - "Chen, Maya"',
  '  - Mai # nick',
  'born: 1980-05-01',
  "status: 'yes'",
  'phone: 007',
  'x: &a {deep: [1, 2]}',
  'y: *a',
  '---',
  'Met in Faro at the **boatyard**.',
  '',
  '## Notes',
  '',
  '```sh',
  '### not a block',
  '/END',
  '```',
  '- **[open]** Send the varnish, due 2026-12-24',
  'See [[Zoë]] and [[memories/people/Zoë.md|her]].',
].join('\r\n');

describe('a vault of Obsidian', () => {
  test('is found as it was written, and a session adds lines to it and changes no other byte', async () => {
    const zoe = '\uFEFF---\r\nname: "Zoë"\r\naliases: Zo, Z\r\n---\r\n\r\n### Home\r\nLives in Porto.\r\n';
    await link({
      '.obsidian/app.json': '{}',
      'Daily/2026-05-01.md': 'Nothing.\r\n',
      [MAYA]: NOTE,
      'memories/people/Zoë.md': zoe,
    });
    const { items } = await call('GET', '/memory/entities');
    expect(items.map(({ path, name, aliases }: Record<string, unknown>) => [path, name, aliases])).toEqual([
      [MAYA, 'Maya Chen', ['Chen, Maya', 'Mai']],
      ['memories/people/Zoë.md', 'Zoë', ['Zo', 'Z']],
    ]);
    expect(await foundIn('Who was met at the boatyard?')).toEqual([MAYA]);
    const context = await call('POST', '/memory/context', { conversation: 'the boatyard' });
    expect(JSON.stringify(context)).toContain('Met in Faro at the **boatyard**.');
    expect((await entity(MAYA)).text).toBe(NOTE);
    const { items: open } = await call('GET', '/memory/follow-ups');
    expect(open).toMatchObject([{ path: MAYA, block: '', title: 'Send the varnish', due: '2026-12-24' }]);

    const before = blobs();
    await tell('Maya Chen', 'I sold 3 boats in May.');
    await tell('Zoë', 'I have 2 cats.');
    await sync();
    const changed = [...blobs()].flatMap(([path, id]) => (before.get(path) === id ? [] : [path]));
    expect(changed.filter((path) => before.has(path) && !path.startsWith('index/'))).toEqual([
      MAYA,
      'memories/people/Zoë.md',
    ]);
    expect(changed.filter((path) => path.startsWith('memories/people/'))).toHaveLength(2);
    const pushed = git.git(repository, 'cat-file', 'blob', `main:${MAYA}`);
    expect(pushed.slice(0, NOTE.length)).toBe(NOTE);
    expect(pushed.slice(NOTE.length).replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    // git-server.ts trims what it reads, and a byte order mark counts as white space.
    const pushedZoe = git.git(repository, 'cat-file', 'blob', 'main:memories/people/Zoë.md');
    expect(pushedZoe.startsWith(zoe.slice(1))).toBe(true);
    expect((await entity('memories/people/Zoë.md')).text.startsWith(zoe)).toBe(true);
    expect(await foundIn('boats sold')).toContain(MAYA);
    expect((await entity(MAYA)).aliases).toEqual(['Chen, Maya', 'Mai']);
  });

  test('that is edited by hand while a session edits another part is merged', async () => {
    await link({ [MAYA]: NOTE });
    await tell('Maya Chen', 'I sold 3 boats in May.');
    git.commit(repository, 'main', { [MAYA]: NOTE.replace('Met in Faro', 'Met in Lagos') });
    await sync();
    const { text } = await entity(MAYA);
    expect([text.includes('Met in Lagos'), text.includes('I sold 3 boats')]).toEqual([true, true]);
    expect(git.git(repository, 'cat-file', 'blob', `main:${MAYA}`)).toBe(text.trimEnd());
  });
});

test('a block that both sides add with the same heading stays twice', async () => {
  const path = 'memories/people/maya.md';
  const note = '# Maya\n\n### Home\nPorto\n';
  await link({ [path]: note });
  const { changes } = await tell('Maya', 'I sold 3 boats in May.');
  const heading = changes[0].blocks[0].after.split('\n')[1];
  git.commit(repository, 'main', { [path]: `${note}\n/START\n${heading}\nThey say so, too.\n/END\n` });
  await sync();
  const { blocks } = await entity(path);
  expect(blocks.map(({ text }: { text: string }) => text)).toEqual([
    'Porto',
    '- I sold 3 boats in May.',
    'They say so, too.',
  ]);
});

test('a memory of DiffMem keeps its layout, its markers and its own files', async () => {
  const alex = 'memories/people/alex_chen.md';
  const text = [
    '# Alex Chen',
    '',
    'Lead engineer, met through work.',
    '',
    '/START',
    '### Work [Strength: High] [ALWAYS_LOAD]',
    '[MERGE_LOAD: memories/contexts/work.md]',
    '- Builds rockets',
    '/END 2026-05-01',
    '',
  ].join('\n');
  const own = {
    'user.md': '# User\n\n### Core\nLikes tea.\n',
    'index.md': '# Index\n',
    'memories/index.json': '{}',
    'timeline/2026-05.md': '# 2026-05\n\n#### 2026-05-01 (Session: a)\n\n- x\n\n/END 2026-05-01\n',
  };
  await link({ ...own, [alex]: text });
  expect(await foundIn('lead engineer')).toEqual([alex]);
  await tell('Alex Chen', 'I launched 4 rockets.');
  await sync();
  expect(git.git(repository, 'cat-file', 'blob', `main:${alex}`).startsWith(text)).toBe(true);
  const read = (path: string) => git.git(repository, 'cat-file', 'blob', `main:${path}`);
  for (const [path, content] of Object.entries(own)) expect(read(path).startsWith(content.trimEnd())).toBe(true);
});
