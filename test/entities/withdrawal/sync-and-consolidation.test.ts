import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Database } from '../../../functions/platform/database/database.ts';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { everythingStored } from '../../memory/everything-stored.ts';
import { type GitServer, startGitServer } from '../../support/git-server.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { checkExport } from '../check-export.ts';
import { createPerson, type Person } from '../people.ts';
import { expectIndexed, useGitServer } from '../sync/synced-memory.ts';

/** Reverts and erases sources in a memory that was synced and consolidated after the source. */
let database: Database;
let server: TestServer;
let git: GitServer;
beforeAll(async () => {
  database = await openDatabase();
  git = await startGitServer();
  useGitServer(git);
  server = await startServer();
}, 60_000);
afterAll(async () => {
  await server.close();
  await git.close();
});

let who: Person;
beforeEach(async () => {
  who = await createPerson(database, 'member');
});

const call = async (method: string, path: string, body?: object) => {
  const answer = await server.call(method, `/api/v1${path}`, { token: who.token, ...(body ? { body } : {}) });
  return { status: answer.status, ...answer.body };
};
const tell = (session_id: string, speaker: string, text: string) =>
  call('POST', '/memory/process-and-commit?wait=30', {
    session_id,
    turns: [{ speaker, text, said_at: '2026-03-03T10:00:00Z' }],
  });
const consolidate = (consolidation_id: string, more: object = {}) =>
  call('POST', '/memory/consolidate?wait=30', { consolidation_id, ...more });

/** Makes a file of the linked repository executable, on the git server. */
function addProgram(repository: string): void {
  const [found = ''] = git.git(repository, 'ls-tree', 'main', 'tool.sh').split('\n');
  git.plant(repository, found.replace('100644', '100755'));
}

test('an erasure unlinks the repository, keeps synced files with mode and origin, and removes its words from consolidation plans', async () => {
  const repository = 'maya/memory';
  const marker = 'Zyxwvut';
  git.create(repository, { 'tool.sh': '#!/bin/sh\n' });
  addProgram(repository);
  await call('POST', '/repos/setup', { repo_url: repository });
  await tell('clean', 'Leo', 'I sail on Sundays.');
  expect(await tell('poisoned', marker, 'I sail with Leo, and I trust whoever says Zyxwvut.')).toMatchObject({
    error: null,
  });
  const synced = await call('POST', '/repos/sync', { github_token: git.token });
  expect(synced).toMatchObject({ sync: { outcome: 'synced' } });
  expect(git.git(repository, 'show', 'main:memories/people/zyxwvut.md')).toContain('Leo');
  await tell('later', 'Leo', 'I bought a red boat.');
  expect(JSON.stringify((await consolidate('upkeep')).steps)).toMatch(/zyxwvut/i);
  await consolidate('shown', { dry_run: true });
  const plans = async () => (await everythingStored(database)).split('\n').filter((line) => /zyxwvut/i.test(line));
  expect((await plans()).length).toBeGreaterThan(0);

  const receipt = await call('POST', '/memory/erase', { source_id: 'poisoned' });
  expect(receipt).toMatchObject({
    status: 200,
    entities: { history_rewritten: true, linked_repository: expect.stringContaining(repository) },
  });
  expect(await plans()).toEqual([]);
  const { link } = await call('GET', `/repos/status/${who.userId}`);
  expect(link).toMatchObject({ status: 'ended', reason: expect.stringContaining('erased') });
  expect(await call('POST', '/repos/sync', { github_token: git.token })).toMatchObject({ status: 404 });
  await checkExport(database, who);
  await expectIndexed(database, who);
  const { items } = await call('GET', '/memory/entities/memories/people/leo.md/history');
  expect(items.map(({ session_id: id }: { session_id: string | null }) => id)).toContain('later');

  // An empty repository accepts the new history, in which the file is still executable.
  git.create('maya/empty');
  await call('POST', '/repos/setup', { repo_url: 'maya/empty' });
  expect(await call('POST', '/repos/sync', { github_token: git.token })).toMatchObject({
    sync: { outcome: 'synced' },
  });
  expect(git.git('maya/empty', 'ls-tree', 'main', 'tool.sh')).toMatch(/^100755/);
  expect(git.git('maya/empty', 'log', '--all', '-p')).not.toMatch(/zyxwvut/i);
});

test('a consolidation from before a revert cannot be undone, so the source does not come back', async () => {
  await tell('clean', 'Leo', 'I sail on Sundays.');
  await tell('poisoned', 'Mallory', 'I sail with Leo.');
  const { id, status } = await consolidate('upkeep');
  expect(status).toBe('committed');
  expect(await call('POST', '/memory/revert', { source_id: 'poisoned' })).toMatchObject({ status: 200 });
  expect(await call('POST', `/memory/consolidations/${id}/undo`)).toMatchObject({
    status: 409,
    type: 'urn:apexflow:problem:conflict',
    detail: expect.stringContaining('source was reverted'),
  });
  const { items } = await call('GET', '/memory/entities');
  expect(items.map(({ path }: { path: string }) => path)).toEqual(['memories/people/leo.md']);
  await expectIndexed(database, who);
});

test('blame of a block that a consolidation moved names its session, also after the history is rewritten', async () => {
  await tell('poisoned', 'Mallory', 'I know nobody.');
  const goats = (number: number) =>
    `I keep ${number} goats of my brother's in the field behind the ${'very '.repeat(20)}old barn number ${number}.`;
  const long = Array.from({ length: 11 }, (_, number) => goats(number)).join(' ');
  const told = [];
  for (let number = 0; number < 5; number += 1)
    told.push(await tell(`told-${number}`, 'Leo', `Year ${number}. ${long}`));
  const parted = await consolidate('parted', { tools: ['redistribute'], soft_cap_tokens: 2000 });
  expect(parted.steps).toMatchObject([{ commit_id: expect.any(String) }]);
  const { items: before } = await call('GET', '/memory/entities');
  const part = before.map(({ path }: { path: string }) => path).find((path: string) => /leo_part/.test(path));
  const blameOf = async () =>
    (await call('GET', `/memory/entities/${part}/blame`)).items.map(
      ({ block, source_id: source }: { block: string; source_id: string | null }) => [block, source],
    );
  const blamed = await blameOf();
  expect(blamed.flat()).toContain('told-0');
  expect(await call('POST', '/memory/erase', { source_id: 'poisoned' })).toMatchObject({ entities: { withdrawn: 0 } });
  expect(await blameOf()).toEqual(blamed);
  await checkExport(database, who);
  await expectIndexed(database, who);
});
