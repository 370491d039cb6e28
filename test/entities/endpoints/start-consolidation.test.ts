import { expect, test } from 'vitest';
import { getConsolidation } from '../../../functions/entities/endpoints/get-consolidation.ts';
import { listEntities } from '../../../functions/entities/endpoints/list-entities.ts';
import { listEntityHistory } from '../../../functions/entities/endpoints/list-entity-history.ts';
import { readEntity } from '../../../functions/entities/endpoints/read-entity.ts';
import { rebuildIndex } from '../../../functions/entities/endpoints/rebuild-index.ts';
import { startConsolidationEndpoint } from '../../../functions/entities/endpoints/start-consolidation.ts';
import { consolidateEntities } from '../../../functions/entities/steps/consolidate-entities.ts';
import {
  append,
  commitSession,
  create,
  expectCleanForGit,
  expectSound,
  filesOf,
  saidIn,
  timelineOf,
} from '../consolidate/repository.ts';
import { consolidate, createTwoMayas } from '../consolidate/two-mayas.ts';
import { BOAT, CHEN, LEO, MAYA, problem, serve } from '../served.ts';

const served = serve(
  consolidateEntities,
  getConsolidation,
  listEntities,
  listEntityHistory,
  readEntity,
  rebuildIndex,
  startConsolidationEndpoint,
);

test('200: a dry run that finds nothing to do ends as committed, because nobody has to decide about it', async () => {
  const user = await served.createUser();
  expect(await consolidate(served, user, { dry_run: true })).toMatchObject({ status: 'committed', dry_run: true });
});

test('200: merges two files without losing a sentence, redirects links to the remaining file, and commits each tool on its own', async () => {
  const user = await createTwoMayas(served);
  const before = await filesOf(served.database, user);
  const done = await consolidate(served, user);
  expect(done).toMatchObject({
    status: 'committed',
    started_by: 'person',
    dry_run: false,
    tools: ['dedupe', 'redistribute', 'link'],
  });
  const [dedupe, redistribute, link] = done.steps;
  expect(dedupe).toMatchObject({
    tool: 'dedupe',
    proposer: 'rules',
    operations: [{ op: 'merge', path: CHEN, into: MAYA, reason: 'Both are called maya.', confidence: 1 }],
  });
  expect(redistribute).toMatchObject({ tool: 'redistribute', operations: [], commit_id: null, changes: [] });
  expect(link.commit_id).toEqual(expect.stringMatching(/^[0-9a-f]{40}$/));
  expect(dedupe.changes.map(({ path, kind }: { path: string; kind: string }) => [path, kind])).toEqual([
    [BOAT, 'changed'],
    [MAYA, 'changed'],
    [CHEN, 'removed'],
  ]);
  const after = await filesOf(served.database, user);
  expect([...after.keys()]).toEqual([BOAT, LEO, MAYA]);
  const said = saidIn([after.get(MAYA) ?? '']);
  for (const path of [MAYA, CHEN])
    for (const sentence of saidIn([before.get(path) ?? ''])) expect(said).toContain(sentence);
  const survivor = await served.call(user, 'GET', `/memory/entities/${MAYA}`);
  expect(survivor.body).toMatchObject({ name: 'Maya', aliases: ['Maya Chen', 'maya_chen'] });
  // A sentence that both files hold is kept once.
  expect(survivor.body.text.match(/2 cats/g)).toHaveLength(1);
  expect(after.get(BOAT)).toContain(`Leo told it to [[${MAYA}]].`);
  expect(after.get(BOAT)).not.toContain('maya_chen.md');
  expect((await served.call(user, 'GET', `/memory/entities/${CHEN}`)).status).toBe(404);
  expect((await served.call(user, 'GET', `/memory/entities/${CHEN}/history`)).body.items[0]).toMatchObject({
    kind: 'removed',
  });
  const timeline = await timelineOf(served.database, user);
  expect(timeline).toContain(`merged Maya Chen (${CHEN}) into Maya (${MAYA})`);
  const messages = await expectSound(served.database, user);
  expect(messages.slice(-2).map((message) => message.split('\n')[0])).toEqual([
    'Consolidate (dedupe) | boat, maya, maya_chen',
    'Consolidate (link) | boat, leo, maya',
  ]);
  await expectCleanForGit(served.database, user);
  expect((await served.call(user, 'POST', '/memory/rebuild-index')).body).toMatchObject({
    repaired_blocks: 0,
    commit_id: null,
  });
});

test('200: a moved block keeps the commit that it came with and does not count as an edit', async () => {
  const user = await served.createUser();
  const first = await commitSession(served.database, user, [
    create(MAYA, { name: 'Maya', blocks: { Home: 'Porto.' } }),
  ]);
  const second = await commitSession(served.database, user, [
    create(CHEN, { name: 'Maya', blocks: { Work: 'Hulls.' } }),
  ]);
  const strengthOf = async () => {
    const { items } = (await served.call(user, 'GET', '/memory/entities')).body;
    return items.map(({ path, edits }: { path: string; edits: number }) => [path, edits]);
  };
  expect(await strengthOf()).toEqual([
    [MAYA, 1],
    [CHEN, 1],
  ]);
  const done = await consolidate(served, user, { tools: ['dedupe'] });
  const survivor = done.steps[0].operations[0].into;
  const { blocks } = (await served.call(user, 'GET', `/memory/entities/${survivor}`)).body;
  expect(
    Object.fromEntries(blocks.map(({ block, commit_id }: { block: string; commit_id: string }) => [block, commit_id])),
  ).toEqual({ home: first, work: second });
  expect(await strengthOf()).toEqual([[survivor, 1]]);
});

test('200: a second consolidation changes nothing and makes no commit', async () => {
  const user = await createTwoMayas(served);
  await consolidate(served, user);
  const before = await expectSound(served.database, user);
  const again = await consolidate(served, user);
  expect(again.steps.map(({ commit_id }: { commit_id: unknown }) => commit_id)).toEqual([null, null, null]);
  expect(again.steps.map(({ operations }: { operations: unknown }) => operations)).toEqual([[], [], []]);
  expect(await expectSound(served.database, user)).toEqual(before);
});

test('202: returns a queued consolidation; the same consolidation_id returns the first one, whatever else the body says', async () => {
  const user = await createTwoMayas(served);
  const body = { consolidation_id: 'tidy-up', tools: ['link'] };
  const taken = await served.call(user, 'POST', '/memory/consolidate', body);
  expect(taken).toMatchObject({ status: 202, body: { status: 'queued', consolidation_id: 'tidy-up', steps: [] } });
  const again = await served.call(user, 'POST', '/memory/consolidate?wait=20', {
    ...body,
    tools: ['dedupe'],
    dry_run: true,
  });
  expect(again).toMatchObject({
    status: 200,
    body: { id: taken.body.id, status: 'committed', tools: ['link'], dry_run: false },
  });
  const followed = await served.call(user, 'GET', `/memory/consolidations/${taken.body.id}`);
  expect(followed.body).toEqual(again.body);
  expect((await filesOf(served.database, user)).has(CHEN)).toBe(true);
});

test('200: there is nothing to do for an empty memory', async () => {
  const user = await served.createUser();
  const done = await consolidate(served, user);
  expect(done).toMatchObject({ status: 'committed', steps: [{ changes: [] }, { changes: [] }, { changes: [] }] });
  expect(await expectSound(served.database, user)).toEqual([]);
});

test('200: a dry run stages its steps and changes no file', async () => {
  const user = await createTwoMayas(served);
  const before = await filesOf(served.database, user);
  const staged = await consolidate(served, user, { dry_run: true });
  expect(staged).toMatchObject({
    status: 'staged',
    dry_run: true,
    steps: [{ commit_id: null }, {}, { commit_id: null }],
  });
  expect(staged.steps[0].changes.find(({ path }: { path: string }) => path === CHEN)).toMatchObject({
    kind: 'removed',
  });
  expect(staged.steps[2].changes.length).toBeGreaterThan(0);
  expect(await filesOf(served.database, user)).toEqual(before);
});

test('200: the files of other users are not touched, and a consolidation_id belongs to its user', async () => {
  const user = await createTwoMayas(served);
  const { id } = await consolidate(served, user, { dry_run: true, consolidation_id: 'mine' });
  for (const other of await served.others(user)) {
    const done = await consolidate(served, other, { consolidation_id: 'mine' });
    expect(done.id).not.toBe(id);
    expect(done.steps.flatMap(({ changes }: { changes: unknown[] }) => changes)).toEqual([]);
  }
  expect((await filesOf(served.database, user)).has(CHEN)).toBe(true);
});

test('200: merges the words of a session that was staged before its file was merged away', async () => {
  const user = await createTwoMayas(served);
  const base = await commitSession(served.database, user, [append(LEO, 'News', 'Leo moved.')]);
  await consolidate(served, user);
  await commitSession(served.database, user, [append(CHEN, 'Van', 'She bought a red van.')], base);
  const apart = await filesOf(served.database, user);
  expect(saidIn([apart.get(CHEN) ?? ''])).toEqual(new Set(['She bought a red van']));
  await consolidate(served, user);
  const files = await filesOf(served.database, user);
  expect([files.has(CHEN), saidIn([files.get(MAYA) ?? '']).has('She bought a red van')]).toEqual([false, true]);
  await expectSound(served.database, user);
});

test.each([
  ['no tools', { tools: [] }],
  ['an unknown tool', { tools: ['reabsorb'] }],
  ['a cap that is too small', { soft_cap_tokens: 10 }],
  ['a cap that is too large', { soft_cap_tokens: 20_001 }],
  ['a consolidation_id that is a path', { consolidation_id: '../x' }],
  ['a dry_run that is no boolean', { dry_run: 'yes' }],
  ['an unknown field', { user_id: 'usr_other' }],
])('422: rejects %s', async (_name, body) => {
  const user = await served.createUser();
  expect(await served.call(user, 'POST', '/memory/consolidate', body)).toMatchObject(problem('invalid-request', 422));
  const rows = await served.sql('consolidations', 'select id from memory_consolidations where user_id = $1', [
    user.userId,
  ]);
  expect(rows).toEqual([]);
});

test('401 without a token, 403 for a viewer', () => served.expectRefused('POST', '/memory/consolidate', {}));
