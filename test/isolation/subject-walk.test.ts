import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environment } from '../../functions/platform/environment.ts';
import { createId } from '../../functions/platform/id.ts';
import { type Endpoint, publicEndpoints } from '../attacks/every-endpoint.ts';
import { type Person, startServer, type TestServer } from '../support/server.ts';
import { fill, fillPath, type Known } from './fill.ts';
import { callFor, dumpRowsOf, type FilledSubject, fillSubject, untilIdle } from './subjects.ts';
import { addMember } from './world.ts';

/**
 * Calls every endpoint that takes `user_id` for one subject of an application with the ids and names of another, of
 * its owner, and of the subject with the same name of another user of the tenant.
 */
const endpoints = (await publicEndpoints()).filter(({ contract }) => contract.takesUserId);
const isAbout = (what: RegExp) => (endpoint: Endpoint) => what.test(endpoint.route.path);
/** A key has the same name for every subject, so writing one succeeds. */
const withIds = endpoints.filter(isAbout(/\{(?!user_id)/)).filter(({ name }) => name !== 'memory-put-key');
const withoutIds = endpoints.filter(({ name }) => !withIds.some((other) => other.name === name));

const NOBODY: Known = {
  ids: Object.fromEntries(['mem', 'job', 'con', 'pref', 'prop', 'run', 'note'].map((kind) => [kind, createId(kind)])),
  names: {
    entity: 'memories/people/nobody.md',
    session_id: 'nobodys',
    source_id: 'nobodys',
    key: 'nobodys',
    field: 'nobodys',
    value: 'x',
    user_id: 'nobody',
  },
};

let server: TestServer;
let owner: Person;
let subjects: FilledSubject[];
let alex: FilledSubject;
beforeAll(async () => {
  environment.RATE_LIMIT_PER_MINUTE = 1_000_000;
  environment.GIT_HOSTS = ['localhost:9'];
  server = await startServer();
  owner = await server.signUp();
  const member = await addMember(owner.tenantId, 'member');
  subjects = [];
  for (const [who, name, marker] of [
    [owner, 'alex', 'markeraaaa'],
    [owner, 'bea', 'markerbbbb'],
    [owner, undefined, 'markercccc'],
    [member, 'alex', 'markerdddd'],
  ] as const)
    subjects.push(await fillSubject(server, who, name, marker));
  [alex] = subjects as [FilledSubject];
});
afterAll(() => server.close());

function ask({ route, contract }: Endpoint, who: FilledSubject, known: Known) {
  const path = fillPath(route.path, contract.params, known);
  if (route.path.includes('{user_id}')) return server.call(route.method, path, { token: who.token });
  const body = contract.body === undefined ? undefined : fill(contract.body, known);
  return callFor(server, who, { method: route.method, path, body });
}

/** Returns the rows of all subjects but one. */
async function rowsOfOthers(who: FilledSubject) {
  await untilIdle(owner.tenantId);
  return Promise.all(subjects.filter((other) => other !== who).map(({ rowId }) => dumpRowsOf(rowId)));
}

test('every endpoint of memory takes user_id, and subjects are filled', async () => {
  // An import fills the memory of the user who calls.
  const memory = (await publicEndpoints()).filter(
    ({ name, contract }) => contract.access.startsWith('memory:') && !name.startsWith('imports-'),
  );
  const without = memory.filter(({ contract }) => !contract.takesUserId).map(({ name }) => name);
  expect(without).toEqual(['memory-erase-subject', 'memory-list-subjects']);
  expect(new Set(subjects.map(({ rowId }) => rowId)).size).toBe(subjects.length);
  const filled = Object.entries(await dumpRowsOf(alex.rowId)).filter(([, rows]) => rows.length > 0);
  expect(filled.map(([name]) => name)).toEqual(
    expect.arrayContaining(['memories', 'memory_objects', 'memory_turns', 'memory_keys', 'user_preferences']),
  );
});

describe('404 with the ids of another subject, of the owner and of another user’s subject of this name', () => {
  test.for(withIds.map((endpoint) => [endpoint.name, endpoint] as const))('%s', async ([, endpoint]) => {
    for (const who of subjects) {
      const before = await rowsOfOthers(who);
      for (const other of subjects.filter((one) => one !== who)) {
        // The names of sessions and keys are the same for all, so only ids and paths can be another's.
        const known = {
          ids: other.known.ids,
          names: { ...other.known.names, session_id: 'x', source_id: 'x', field: 'nobodys', key: 'nobodys' },
        };
        const answer = await ask(endpoint, who, known);
        const nobody = await ask(endpoint, who, NOBODY);
        expect({ status: answer.status, detail: answer.body.detail }).toEqual({
          status: 404,
          detail: nobody.body.detail,
        });
      }
      expect(await rowsOfOthers(who)).toEqual(before);
    }
  });
});

describe('no answer holds the words of another, and nothing of another changes', () => {
  test.for(withoutIds.map((endpoint) => [endpoint.name, endpoint] as const))('%s', async ([, endpoint]) => {
    for (const who of subjects) {
      const before = await rowsOfOthers(who);
      for (const other of subjects.filter((one) => one !== who)) {
        const known = {
          ids: who.known.ids,
          names: { ...who.known.names, query: other.marker, text: `A ${who.marker}` },
        };
        const answer = await ask(endpoint, who, known);
        expect({ name: endpoint.name, isFine: answer.status < 300, body: answer.body }).toMatchObject({ isFine: true });
        const text = JSON.stringify(answer.body);
        for (const trace of [other.marker, other.rowId, ...Object.values(other.known.ids)])
          expect(text.includes(trace), `${endpoint.name} shows ${trace}`).toBe(false);
      }
      expect(await rowsOfOthers(who)).toEqual(before);
    }
  });
});

test('each finds their own words, so the checks above work', async () => {
  for (const who of subjects) {
    const { body } = await callFor(server, who, {
      method: 'POST',
      path: '/api/v1/memory/search',
      body: { query: `Who knows the ${who.marker} tower?`, k: 50 },
    });
    expect(new Set(body.items.map(({ kind }: { kind: string }) => kind))).toEqual(new Set(['fact', 'turn', 'block']));
  }
});
