import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environment } from '../../functions/platform/environment.ts';
import { type GitServer, startGitServer } from '../support/git-server.ts';
import { waitFor } from '../support/local-server.ts';
import { asOwner } from '../support/owner.ts';
import { type ScriptedGitHub, scriptGitHub } from '../support/scripted-github.ts';
import { type Answer, startServer, type TestServer } from '../support/server.ts';
import { APEX_AURUM, APEX_SERVER, APEXFLOW, DIFFMEM, MEMORY_BREAK, type SeedRequest } from './requests.ts';

/** Sends the requests of the documents that ApexFlow unites, in their order, to the whole product. */

let server: TestServer;
let git: GitServer;
let github: ScriptedGitHub;
/** What earlier answers gave. */
const known = new Map<string, string>();
beforeAll(async () => {
  git = await startGitServer();
  github = scriptGitHub(git);
  git.create('username/memory-repo', {
    'memories/contexts/health.md': '# Health\n\n### Goals\n\nMy fitness goals are two runs a week.\n',
  });
  environment.GIT_HOSTS = [git.host];
  environment.GIT_CA_FILE = git.caFile;
  known.set('git_host', git.host).set('github_token', git.token);
  server = await startServer();
});
afterAll(async () => {
  await server?.close();
  await git?.close();
});

function filled<Value>(value: Value): Value {
  const text = JSON.stringify(value).replaceAll(/\{(\w+)\}/g, (whole, name: string) => known.get(name) ?? whole);
  return JSON.parse(text);
}

async function send({ request, body, as, accept }: SeedRequest): Promise<Answer> {
  const [method = '', path = ''] = filled(request).split(' ');
  const token = as && known.get(as === 'github' ? 'github' : 'token');
  const headers: Record<string, string> = accept === undefined ? {} : { accept };
  return server.call(method, path, { token, headers, body: body && filled(body) });
}

/** Whether a value has nothing but texts and numbers, and no matcher of Vitest. */
const isPlain = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.every(isPlain)
    : typeof value !== 'object' ||
      value === null ||
      (Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain));

/** Compares an expected object whose texts may name known values. */
function expectLike(answer: Answer, expected: object): void {
  for (const [name, value] of Object.entries(expected))
    expect(answer.body, name).toMatchObject({ [name]: isPlain(value) ? filled(value) : value });
}

function sendAll(requests: SeedRequest[]): void {
  test.for(requests.map((row) => [row.request, row] as const))('%s', async ([, row]) => {
    const answer = await send(row);
    if ('later' in row) return expect(answer.status, `${row.later}: change this row when it is there`).toBe(404);
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: row.answers });
    if (row.with !== undefined) expectLike(answer, row.with);
    for (const [name, field] of Object.entries(row.gives ?? {})) known.set(name, String(answer.body[field]));
    if (row.gives?.sprint !== undefined) await sprintEnds();
  });
}

async function sprintEnds(): Promise<void> {
  await waitFor(
    'the end of the sprint',
    async () => {
      const { body } = await send({ request: 'GET /api/v1/sprints/{sprint}', as: 'password', answers: 200 });
      return body.status === 'completed';
    },
    60_000,
  );
}

describe('Apex Server', () => sendAll(APEX_SERVER));
describe('ApexAurum Cloud', () => sendAll(APEX_AURUM));
describe('Memory-Break Orchestrator', () => sendAll(MEMORY_BREAK));
describe('ApexFlow, phase 1', () => sendAll(APEXFLOW));

describe('DiffMem', () => {
  sendAll(DIFFMEM);

  test('what the user told is theirs, of the day that the session names, and comes back for a conversation', async () => {
    const { body } = await send({
      request: 'POST /api/v1/memory/search',
      as: 'github',
      body: { query: 'coffee with mom', user_id: 'alex' },
      answers: 200,
    });
    expect(body.items).toContainEqual(
      expect.objectContaining({ kind: 'turn', speaker: 'user', said_at: expect.stringMatching(/^2024-01-15/) }),
    );
    const context = await send({
      request: 'POST /api/v1/memory/context',
      as: 'github',
      body: { conversation: [{ role: 'user', content: 'How is my training?' }], depth: 'wide', user_id: 'alex' },
      answers: 200,
    });
    expect(context.body.text).toContain('proud of my training');
  });

  test('a sync of the same session pushes with the token of the sign-in, which is stored nowhere', async () => {
    const before = git.tip('username/memory-repo');
    const synced = await send({
      request: 'POST /api/v1/repos/sync',
      as: 'github',
      body: { user_id: 'alex' },
      answers: 200,
    });
    expect(synced).toMatchObject({
      status: 200,
      body: { sync: { outcome: 'synced' }, link: { has_token: false } },
    });
    expect(git.tip('username/memory-repo')).not.toBe(before);
    expect(git.read('username/memory-repo', 'main', 'memories/contexts/health.md')).toContain('fitness');
    const tables = await asOwner(`select tablename from pg_tables where schemaname = 'public'`);
    for (const { tablename } of tables) {
      const [found] = await asOwner(
        `select count(*)::int as rows from ${tablename} t where t::text like '%' || $1 || '%'`,
        [git.token],
      );
      expect([tablename, found?.rows]).toEqual([tablename, 0]);
    }
    expect(github.requests).toEqual(['GET /user']);
  });
});
