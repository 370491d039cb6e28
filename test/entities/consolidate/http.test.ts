import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commitConsolidation } from '../../../functions/entities/endpoints/commit-consolidation.ts';
import { getConsolidation } from '../../../functions/entities/endpoints/get-consolidation.ts';
import { listConsolidationsEndpoint } from '../../../functions/entities/endpoints/list-consolidations.ts';
import { listEntities } from '../../../functions/entities/endpoints/list-entities.ts';
import { listEntityHistory } from '../../../functions/entities/endpoints/list-entity-history.ts';
import { readEntity } from '../../../functions/entities/endpoints/read-entity.ts';
import { rebuildIndex } from '../../../functions/entities/endpoints/rebuild-index.ts';
import { setupRepo } from '../../../functions/entities/endpoints/setup-repo.ts';
import { startConsolidationEndpoint } from '../../../functions/entities/endpoints/start-consolidation.ts';
import { undoConsolidationEndpoint } from '../../../functions/entities/endpoints/undo-consolidation.ts';
import { consolidateEntities } from '../../../functions/entities/steps/consolidate-entities.ts';
import { consolidate as consolidateTimer } from '../../../functions/entities/timers/consolidate.ts';
import type { Database } from '../../../functions/platform/database/database.ts';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { asOwner, createPerson, type Person } from '../people.ts';
import {
  append,
  commitSession,
  create,
  expectCleanForGit,
  expectSound,
  filesOf,
  saidIn,
  timelineOf,
} from './repository.ts';

let database: Database;
let server: TestServer;

beforeAll(async () => {
  database = await openDatabase();
  server = await startServer([
    commitConsolidation,
    consolidateEntities,
    consolidateTimer,
    listEntityHistory,
    getConsolidation,
    listConsolidationsEndpoint,
    listEntities,
    readEntity,
    rebuildIndex,
    setupRepo,
    startConsolidationEndpoint,
    undoConsolidationEndpoint,
  ]);
}, 60_000);
afterAll(() => server.close());

const call = (who: Person | undefined, method: string, path: string, body?: unknown) =>
  server.call(method, `/api/v1${path}`, {
    ...(who === undefined ? {} : { token: who.token }),
    ...(body === undefined ? {} : { body }),
  });
const consolidate = async (who: Person, body: object = {}) => {
  const answer = await call(who, 'POST', '/memory/consolidate?wait=20', body);
  expect({ status: answer.status, error: answer.body.error ?? null }).toEqual({ status: 200, error: null });
  return answer.body;
};
const problem = (kind: string, status: number) => ({ status, body: { type: `urn:apexflow:problem:${kind}`, status } });
const MAYA = 'memories/people/maya.md';
const CHEN = 'memories/people/maya_chen.md';
const LEO = 'memories/people/leo.md';
const BOAT = 'memories/contexts/boat.md';

/** Two files about one person, one about another, and a thing that she owns. */
async function twoMayas(): Promise<Person> {
  const who = await createPerson(database, 'member');
  await commitSession(database, who, [
    create(MAYA, {
      name: 'Maya',
      blocks: {
        Home: 'Maya lives in Porto. She has 2 cats.',
        Sea: 'She sails on Sundays, and in winter she mends the sails.',
      },
    }),
    create(LEO, { name: 'Leo', blocks: { Work: 'Leo mends the Boat with Maya Chen.' } }),
  ]);
  await commitSession(database, who, [
    create(CHEN, {
      name: 'Maya Chen',
      aliases: ['Maya'],
      blocks: { Home: 'She has 2 cats.', Work: 'She builds hulls at the yard.' },
    }),
    create(BOAT, {
      name: 'Boat',
      type: 'context',
      blocks: { Plan: 'Leo told it to [[memories/people/maya_chen.md]].' },
    }),
  ]);
  return who;
}

describe('POST /memory/consolidate', () => {
  test('200: one file of two, nothing that was said is lost, links lead to the survivor, and each tool has its commit', async () => {
    const who = await twoMayas();
    const before = await filesOf(database, who);
    const done = await consolidate(who);
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
    const after = await filesOf(database, who);
    expect([...after.keys()]).toEqual([BOAT, LEO, MAYA]);
    const said = saidIn([after.get(MAYA) ?? '']);
    for (const path of [MAYA, CHEN])
      for (const sentence of saidIn([before.get(path) ?? ''])) expect(said).toContain(sentence);
    const survivor = await call(who, 'GET', `/memory/entities/${MAYA}`);
    expect(survivor.body).toMatchObject({ name: 'Maya', aliases: ['Maya Chen', 'maya_chen'] });
    // What was said twice stands once.
    expect(survivor.body.text.match(/2 cats/g)).toHaveLength(1);
    expect(after.get(BOAT)).toContain(`Leo told it to [[${MAYA}]].`);
    expect(after.get(BOAT)).not.toContain('maya_chen.md');
    expect((await call(who, 'GET', `/memory/entities/${CHEN}`)).status).toBe(404);
    expect((await call(who, 'GET', `/memory/entities/${CHEN}/history`)).body.items[0]).toMatchObject({
      kind: 'removed',
    });
    const timeline = await timelineOf(database, who);
    expect(timeline).toContain(`merged Maya Chen (${CHEN}) into Maya (${MAYA})`);
    const messages = await expectSound(database, who);
    expect(messages.slice(-2).map((message) => message.split('\n')[0])).toEqual([
      'Consolidate (dedupe) | boat, maya, maya_chen',
      'Consolidate (link) | boat, leo, maya',
    ]);
    await expectCleanForGit(database, who);
    expect((await call(who, 'POST', '/memory/rebuild-index')).body).toMatchObject({
      repaired_blocks: 0,
      commit_id: null,
    });
  });

  test('what was only put elsewhere keeps the commit that it came with, and is no edit: blame and strength say who told it', async () => {
    const who = await createPerson(database, 'member');
    const first = await commitSession(database, who, [create(MAYA, { name: 'Maya', blocks: { Home: 'Porto.' } })]);
    const second = await commitSession(database, who, [create(CHEN, { name: 'Maya', blocks: { Work: 'Hulls.' } })]);
    const strengthOf = async () => {
      const { items } = (await call(who, 'GET', '/memory/entities')).body;
      return items.map(({ path, edits }: { path: string; edits: number }) => [path, edits]);
    };
    expect(await strengthOf()).toEqual([
      [MAYA, 1],
      [CHEN, 1],
    ]);
    const done = await consolidate(who, { tools: ['dedupe'] });
    const survivor = done.steps[0].operations[0].into;
    const { blocks } = (await call(who, 'GET', `/memory/entities/${survivor}`)).body;
    expect(
      Object.fromEntries(
        blocks.map(({ block, commit_id }: { block: string; commit_id: string }) => [block, commit_id]),
      ),
    ).toEqual({ home: first, work: second });
    expect(await strengthOf()).toEqual([[survivor, 1]]);
  });

  test('twice in a row: the second changes nothing, and makes no commit', async () => {
    const who = await twoMayas();
    await consolidate(who);
    const before = await expectSound(database, who);
    const again = await consolidate(who);
    expect(again.steps.map(({ commit_id }: { commit_id: unknown }) => commit_id)).toEqual([null, null, null]);
    expect(again.steps.map(({ operations }: { operations: unknown }) => operations)).toEqual([[], [], []]);
    expect(await expectSound(database, who)).toEqual(before);
  });

  test('202 with what to follow; the same consolidation_id is the same, whatever else is said', async () => {
    const who = await twoMayas();
    const body = { consolidation_id: 'tidy-up', tools: ['link'] };
    const taken = await call(who, 'POST', '/memory/consolidate', body);
    expect(taken).toMatchObject({ status: 202, body: { status: 'queued', consolidation_id: 'tidy-up', steps: [] } });
    const again = await call(who, 'POST', '/memory/consolidate?wait=20', { ...body, tools: ['dedupe'], dry_run: true });
    expect(again).toMatchObject({
      status: 200,
      body: { id: taken.body.id, status: 'committed', tools: ['link'], dry_run: false },
    });
    const followed = await call(who, 'GET', `/memory/consolidations/${taken.body.id}`);
    expect(followed.body).toEqual(again.body);
    await server.invoke('entities-consolidate-entities', {
      tenant_id: who.tenantId,
      user_id: who.userId,
      consolidation_id: taken.body.id,
    });
    expect((await call(who, 'GET', `/memory/consolidations/${taken.body.id}`)).body).toEqual(again.body);
    expect((await filesOf(database, who)).has(CHEN)).toBe(true);
  });

  test('200 with nothing to do for an empty memory', async () => {
    const who = await createPerson(database, 'member');
    const done = await consolidate(who);
    expect(done).toMatchObject({ status: 'committed', steps: [{ changes: [] }, { changes: [] }, { changes: [] }] });
    expect(await expectSound(database, who)).toEqual([]);
    expect((await call(who, 'POST', `/memory/consolidations/${done.id}/undo`)).body).toMatchObject({
      status: 'undone',
      undo_commit: null,
    });
  });

  test.each([
    [{ tools: [] }],
    [{ tools: ['reabsorb'] }],
    [{ soft_cap_tokens: 10 }],
    [{ soft_cap_tokens: 20_001 }],
    [{ consolidation_id: '../x' }],
    [{ dry_run: 'yes' }],
    [{ user_id: 'usr_other' }],
  ])('422: case %#', async (body) => {
    const who = await createPerson(database, 'member');
    expect(await call(who, 'POST', '/memory/consolidate', body)).toMatchObject(problem('invalid-request', 422));
    expect((await call(who, 'GET', '/memory/consolidations')).body.items).toEqual([]);
  });

  test('401 without a token, 403 for a viewer', async () => {
    const who = await createPerson(database, 'member');
    const viewer = await createPerson(database, 'viewer', who.tenantId);
    const id = createId('con');
    for (const path of [
      '/memory/consolidate',
      `/memory/consolidations/${id}/undo`,
      `/memory/consolidations/${id}/commit`,
    ]) {
      const body = path.endsWith('consolidate') ? {} : undefined;
      expect((await call(undefined, 'POST', path, body)).status).toBe(401);
      expect((await call(viewer, 'POST', path, body)).status).toBe(403);
    }
    for (const path of ['/memory/consolidations', `/memory/consolidations/${id}`])
      expect((await call(undefined, 'GET', path)).status).toBe(401);
  });
});

test('a session that was staged before its file was merged away keeps its words, and the next consolidation brings them home', async () => {
  const who = await twoMayas();
  const base = await commitSession(database, who, [append(LEO, 'News', 'Leo moved.')]);
  await consolidate(who);
  await commitSession(database, who, [append(CHEN, 'Van', 'She bought a red van.')], base);
  const apart = await filesOf(database, who);
  expect(saidIn([apart.get(CHEN) ?? ''])).toEqual(new Set(['She bought a red van']));
  await consolidate(who);
  const files = await filesOf(database, who);
  expect([files.has(CHEN), saidIn([files.get(MAYA) ?? '']).has('She bought a red van')]).toEqual([false, true]);
  await expectSound(database, who);
});

describe('a dry run', () => {
  test('stages without committing: shown by block; committed by a call of its own, once', async () => {
    const who = await twoMayas();
    const before = await filesOf(database, who);
    const staged = await consolidate(who, { dry_run: true });
    expect(staged).toMatchObject({
      status: 'staged',
      dry_run: true,
      steps: [{ commit_id: null }, {}, { commit_id: null }],
    });
    expect(staged.steps[0].changes.find(({ path }: { path: string }) => path === CHEN)).toMatchObject({
      kind: 'removed',
    });
    expect(staged.steps[2].changes.length).toBeGreaterThan(0);
    expect(await filesOf(database, who)).toEqual(before);
    expect(await call(who, 'POST', `/memory/consolidations/${staged.id}/undo`)).toMatchObject(problem('conflict', 409));
    const commit = () => call(who, 'POST', `/memory/consolidations/${staged.id}/commit`);
    const first = await commit();
    expect(first).toMatchObject({ status: 200, body: { status: 'committed' } });
    // What was shown is what is done.
    expect(first.body.steps.map(({ changes }: { changes: unknown }) => changes)).toEqual(
      staged.steps.map(({ changes }: { changes: unknown }) => changes),
    );
    expect((await commit()).body).toEqual(first.body);
    expect((await filesOf(database, who)).has(CHEN)).toBe(false);
    expect(await expectSound(database, who)).toHaveLength(4);
  });

  test('a session since takes part: its words are in the survivor', async () => {
    const who = await twoMayas();
    const staged = await consolidate(who, { dry_run: true });
    await commitSession(database, who, [append(CHEN, 'News', 'She bought a red van.')]);
    expect((await call(who, 'POST', `/memory/consolidations/${staged.id}/commit`)).status).toBe(200);
    const files = await filesOf(database, who);
    expect([files.has(CHEN), saidIn([files.get(MAYA) ?? '']).has('She bought a red van')]).toEqual([false, true]);
    await expectSound(database, who);
  });

  test('409 with both sides when the branch contradicts, and nothing is committed', async () => {
    const who = await twoMayas();
    const [one, other] = [await consolidate(who, { dry_run: true }), await consolidate(who, { dry_run: true })];
    expect((await call(who, 'POST', `/memory/consolidations/${one.id}/commit`)).status).toBe(200);
    const before = await expectSound(database, who);
    const refused = await call(who, 'POST', `/memory/consolidations/${other.id}/commit`);
    expect(refused).toMatchObject(problem('conflict', 409));
    expect(refused.body.conflicts).toMatchObject([
      { path: CHEN, block: '', branch: null, session: null, base: expect.stringContaining('hulls') },
    ]);
    expect(await expectSound(database, who)).toEqual(before);
    expect((await call(who, 'GET', `/memory/consolidations/${other.id}`)).body.status).toBe('staged');
  });

  test('404 for one that is not there, 409 for one that is not done, 422 for no id', async () => {
    const who = await createPerson(database, 'member');
    for (const action of ['commit', 'undo']) {
      expect(await call(who, 'POST', `/memory/consolidations/${createId('con')}/${action}`)).toMatchObject(
        problem('not-found', 404),
      );
      expect(await call(who, 'POST', `/memory/consolidations/x/${action}`)).toMatchObject(
        problem('invalid-request', 422),
      );
    }
    expect(await call(who, 'GET', `/memory/consolidations/${createId('con')}`)).toMatchObject(
      problem('not-found', 404),
    );
    const { id } = await consolidate(who);
    await asOwner(database, (transaction) =>
      transaction.query({
        name: 'test_requeue',
        text: `update memory_consolidations set status = 'queued' where id = $1`,
        values: [id],
      }),
    );
    for (const action of ['commit', 'undo'])
      expect(await call(who, 'POST', `/memory/consolidations/${id}/${action}`)).toMatchObject(problem('conflict', 409));
  });
});

describe('undo', () => {
  test('by one new commit: the files are what they were, twice is once, and the history keeps all of it', async () => {
    const who = await twoMayas();
    const before = await filesOf(database, who);
    const { id } = await consolidate(who);
    const undo = () => call(who, 'POST', `/memory/consolidations/${id}/undo`);
    const undone = await undo();
    expect(undone).toMatchObject({
      status: 200,
      body: { status: 'undone', undo_commit: expect.stringMatching(/^[0-9a-f]{40}$/) },
    });
    expect((await undo()).body).toEqual(undone.body);
    expect(await filesOf(database, who)).toEqual(before);
    const messages = await expectSound(database, who);
    expect(messages).toHaveLength(5);
    expect(messages.at(-1)).toBe(`Undo consolidation ${id} | boat, leo, maya, maya_chen`);
    expect(await timelineOf(database, who)).toContain(`(Undo: ${id})`);
    await expectCleanForGit(database, who);
    expect(await call(who, 'POST', `/memory/consolidations/${id}/commit`)).toMatchObject(problem('conflict', 409));
  });

  test('what was undone is not done again, whatever else is', async () => {
    const who = await twoMayas();
    for (const tools of [['link'], ['dedupe']]) {
      const { id, steps } = await consolidate(who, { tools });
      expect(steps[0].operations.length).toBeGreaterThan(0);
      await call(who, 'POST', `/memory/consolidations/${id}/undo`);
      const before = await filesOf(database, who);
      const again = await consolidate(who, { tools });
      expect(again.steps).toMatchObject([{ operations: [], commit_id: null }]);
      expect(await filesOf(database, who)).toEqual(before);
    }
  });

  test('what came since stays: in the survivor, and in a file that was linked', async () => {
    const who = await twoMayas();
    const { id } = await consolidate(who);
    await commitSession(database, who, [
      append(MAYA, 'News', 'She bought a red van.'),
      append(LEO, 'Van', 'Leo drives it.'),
    ]);
    expect((await call(who, 'POST', `/memory/consolidations/${id}/undo`)).status).toBe(200);
    const files = await filesOf(database, who);
    expect(saidIn([files.get(CHEN) ?? ''])).toEqual(new Set(['She has 2 cats', 'She builds hulls at the yard']));
    expect(saidIn([files.get(MAYA) ?? ''])).toEqual(
      new Set([
        'Maya lives in Porto',
        'She has 2 cats',
        'She sails on Sundays, and in winter she mends the sails',
        'She bought a red van',
      ]),
    );
    expect(saidIn([files.get(LEO) ?? ''])).toContain('Leo drives it');
    expect(files.get(LEO)).not.toContain('[[');
    await expectSound(database, who);
  });

  test('409 with both sides where a later change contradicts; nothing is undone', async () => {
    const who = await twoMayas();
    const { id } = await consolidate(who);
    const replace = {
      op: 'replace' as const,
      path: MAYA,
      search: 'builds hulls at the yard',
      replacement: 'builds masts',
    };
    await commitSession(database, who, [replace]);
    const before = await filesOf(database, who);
    const refused = await call(who, 'POST', `/memory/consolidations/${id}/undo`);
    expect(refused).toMatchObject(problem('conflict', 409));
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(refused.body.conflicts).toMatchObject([
      {
        path: MAYA,
        block: 'work',
        base: expect.stringContaining('hulls'),
        branch: expect.stringContaining('masts'),
        session: null,
      },
    ]);
    expect(await filesOf(database, who)).toEqual(before);
    expect((await call(who, 'GET', `/memory/consolidations/${id}`)).body.status).toBe('committed');
  });
});

test('another person of the tenant and another tenant see and move none of it', async () => {
  const who = await twoMayas();
  const { id } = await consolidate(who, { dry_run: true });
  for (const other of [await createPerson(database, 'admin', who.tenantId), await createPerson(database, 'admin')]) {
    expect((await call(other, 'GET', '/memory/consolidations')).body.items).toEqual([]);
    expect((await call(other, 'GET', `/memory/consolidations/${id}`)).status).toBe(404);
    for (const action of ['commit', 'undo'])
      expect((await call(other, 'POST', `/memory/consolidations/${id}/${action}`)).status).toBe(404);
    expect((await consolidate(other)).steps.flatMap(({ changes }: { changes: unknown[] }) => changes)).toEqual([]);
    // The same id is another's own.
    expect((await consolidate(other, { consolidation_id: 'mine', dry_run: true })).id).not.toBe(id);
  }
  expect((await filesOf(database, who)).has(CHEN)).toBe(true);
});

test('the list pages, newest first, with the commits', async () => {
  const who = await twoMayas();
  const [first, second] = [await consolidate(who), await consolidate(who)];
  const page = await call(who, 'GET', '/memory/consolidations?limit=1');
  expect(page.body.items).toMatchObject([{ id: second.id, commits: [] }]);
  const next = await call(who, 'GET', `/memory/consolidations?limit=1&cursor=${page.body.next_cursor}`);
  expect(next.body).toMatchObject({
    items: [{ id: first.id, commits: [first.steps[0].commit_id, first.steps[2].commit_id] }],
    next_cursor: null,
  });
});

describe('the daily timer', () => {
  const fire = () => server.invoke('entities-consolidate');
  /** As if so many commits more had been made since the last time. */
  const changeOften = (who: Person, times: number) =>
    asOwner(database, (transaction) =>
      transaction.query({
        name: 'test_change_often',
        text: 'update memory_repositories set consolidated_position = consolidated_position - $2::integer where user_id = $1',
        values: [who.userId, times],
      }),
    );
  async function settled(who: Person) {
    for (;;) {
      const { items } = (await call(who, 'GET', '/memory/consolidations')).body;
      if (items.every(({ status }: { status: string }) => status !== 'queued')) return items;
      await sleep(20);
    }
  }

  test('consolidates where enough changed, once a day, by the rules of a place without a model; tells it, and people turn it off', async () => {
    const [busy, quiet, off] = [await twoMayas(), await twoMayas(), await twoMayas()];
    for (const [who, times] of [
      [busy, 18],
      [quiet, 17],
      [off, 18],
    ] as const)
      await changeOften(who, times);
    expect(await call(off, 'POST', '/repos/setup', { consolidates: false })).toMatchObject({
      status: 200,
      body: { consolidates: false, ontology: 'personal' },
    });
    expect((await fire()).body).toMatchObject({ status: 'done', consolidations: 1, failed: 0 });
    const [item] = await settled(busy);
    expect(item).toMatchObject({
      status: 'committed',
      started_by: 'timer',
      consolidation_id: expect.stringMatching(/^daily-\d{4}-\d\d-\d\d$/),
    });
    expect((await filesOf(database, busy)).has(CHEN)).toBe(false);
    expect(await timelineOf(database, busy)).toContain(`(Consolidation: ${item.id} dedupe)`);
    expect(await settled(quiet)).toEqual([]);
    expect(await settled(off)).toEqual([]);
    // Nothing changed since, so there is nothing to begin; what changes later is not begun a second time on the same day.
    expect((await fire()).body).toMatchObject({ consolidations: 0 });
    await changeOften(busy, 20);
    await fire();
    expect(await settled(busy)).toHaveLength(1);
    expect(await call(off, 'POST', '/repos/setup', { consolidates: true })).toMatchObject({
      body: { consolidates: true },
    });
    await fire();
    expect(await settled(off)).toHaveLength(1);
  });
});
