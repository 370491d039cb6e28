import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect } from 'vitest';
import type { Database, Role } from '../../functions/platform/database/database.ts';
import { openDatabase } from '../../functions/platform/database/open.ts';
import type { ServedFunction } from '../../functions/platform/http/served-function.ts';
import { createId } from '../../functions/platform/id.ts';
import { useQueue } from '../../functions/platform/queue/open-queue.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { asOwner, createPerson, type Person } from './people.ts';

export const MAYA = 'memories/people/maya.md';
export const CHEN = 'memories/people/maya_chen.md';
export const LEO = 'memories/people/leo.md';
export const BOAT = 'memories/contexts/boat.md';

export const problem = (kind: string, status: number) => ({
  status,
  body: { type: `urn:apexflow:problem:${kind}`, status },
});
export const newSessionId = () => createId('s').slice(-12);
export const turn = (speaker: string, text: string, said_at = '2026-03-03T10:00:00Z') => ({ speaker, text, said_at });

/** Starts these functions before the tests of a file and stops them afterwards. */
export function serve(...functions: ServedFunction[]) {
  let database: Database;
  let server: TestServer;
  beforeAll(async () => {
    database = await openDatabase();
    server = await startServer(functions);
  }, 60_000);
  afterAll(() => server.close());

  /** Calls a route as a user; without a user no token is sent. */
  const call = (user: Person | undefined, method: string, path: string, body?: unknown, headers = {}) =>
    server.call(method, `/api/v1${path}`, {
      ...(user === undefined ? {} : { token: user.token }),
      ...(body === undefined ? {} : { body }),
      headers,
    });
  const createUser = (role: Role = 'member', tenantId?: string) => createPerson(database, role, tenantId);
  /** Runs a statement as the owner of the tables. */
  const sql = (name: string, text: string, values: unknown[] = []) =>
    asOwner(database, (transaction) => transaction.query({ name: `test_${name}`, text, values }));
  return {
    get database() {
      return database;
    },
    invoke: (name: string, payload?: unknown) => server.invoke(name, payload),
    call,
    createUser,
    sql,
    /** Calls a route without a token, and as a viewer when the route writes. */
    expectRefused: async (method: string, path: string, body?: unknown, writes = method !== 'GET') => {
      expect(await call(undefined, method, path, body)).toMatchObject(problem('unauthenticated', 401));
      if (writes)
        expect(await call(await createUser('viewer'), method, path, body)).toMatchObject(problem('forbidden', 403));
    },
    /** Calls a route as a colleague and as a user of another tenant. */
    others: async (user: Person) => [await createUser('admin', user.tenantId), await createUser('admin')],
    /** Sends a session of one turn and commits it; needs `receiveAndCommit` and `proposeChanges`. */
    remember: async (user: Person, text: string, said_at?: string, speaker = 'Maya') => {
      const answer = await call(user, 'POST', '/memory/process-and-commit?wait=20', {
        session_id: newSessionId(),
        turns: [turn(speaker, text, said_at)],
      });
      expect(answer).toMatchObject({ status: 200, body: { status: 'committed', error: null } });
      return answer.body;
    },
    /** Stages an edit as a model proposes it; needs `receiveSession` and `proposeChanges`. */
    stageEdit: async (user: Person, base: string, search: string, replacement: string) => {
      const session_id = newSessionId();
      const body = { session_id, conversation: 'nothing' };
      expect((await call(user, 'POST', '/memory/process-session?wait=20', body)).body.status).toBe('staged');
      const edits = JSON.stringify([{ op: 'replace', path: MAYA, search, replacement }]);
      const text = 'update memory_change_sets set edits = $2, base_commit = $3 where session_id = $1';
      await sql('stage_edit', text, [session_id, edits, base]);
      return session_id;
    },
    /** Waits until a job or consolidation has left the state `queued`. */
    settled: async (user: Person, path: string) => {
      for (;;) {
        const answer = await call(user, 'GET', path);
        if (answer.status !== 200 || answer.body.status !== 'queued') return answer;
        await sleep(20);
      }
    },
    /** Clones the export of a user with git; needs `exportMemory`. */
    clone: async (user: Person) => {
      const folder = mkdtempSync(join(tmpdir(), 'apexflow-clone-'));
      const headers = { authorization: `Bearer ${user.token}` };
      const response = await fetch(`${server.url}/api/v1/memory/export`, { headers });
      expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/x-git-bundle']);
      const file = join(folder, 'memory.bundle');
      writeFileSync(file, Buffer.from(await response.arrayBuffer()));
      const env = { PATH: process.env.PATH ?? '', GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
      const run = (cwd: string, ...parameters: string[]) =>
        execFileSync('git', parameters, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env }).trim();
      run(folder, 'clone', '-q', file, 'work');
      const work = join(folder, 'work');
      run(work, 'bundle', 'verify', '-q', file);
      return {
        git: (...parameters: string[]) => run(work, ...parameters),
        read: (path: string) => readFileSync(join(work, path), 'utf8'),
        [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
      };
    },
  };
}

/** Delivers no task, so that the test decides when a step runs. Call it after {@link serve}. */
export function holdTasks(): void {
  beforeAll(() => useQueue({ create: async () => undefined, close: async () => undefined }));
}

export type Served = ReturnType<typeof serve>;
export const entityPath = (path: string, query = '') => `/memory/entities/${path}${query}`;
