import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { Row } from '../../functions/platform/database/batch.ts';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { environment } from '../../functions/platform/environment.ts';
import { useQueue } from '../../functions/platform/queue/open-queue.ts';
import type { Task } from '../../functions/platform/queue/task.ts';
import type { LogLine } from '../../functions/runs/events/event.ts';
import { waitFor } from '../support/local-server.ts';
import { type Answer, type Person, startServer, type TestServer } from '../support/server.ts';
import { type Play, type ScriptedTeam, startTeam } from '../support/team-script.ts';

export { waitFor } from '../support/local-server.ts';

/**
 * The whole product over HTTP, with a scripted team behind the real model SDK. One per test file, because a process
 * keeps its model clients.
 */
export interface RunBench {
  server: TestServer;
  team: ScriptedTeam;
  person: Person;
  /** Runs a statement as the owner of the database, without row-level security. */
  asOwner<R = Row>(text: string, values?: unknown[]): Promise<R[]>;
  start(body?: Record<string, unknown>, person?: Person): Promise<string>;
  sprint(id: string, person?: Person): Promise<Answer['body']>;
  /** Waits until the sprint has ended, or has this status. */
  ended(id: string, status?: string): Promise<Answer['body']>;
  logs(id: string, person?: Person): Promise<LogLine[]>;
  /** Starts a planned run. */
  startRun(body?: Record<string, unknown>, person?: Person): Promise<string>;
  run(id: string): Promise<Answer['body']>;
  /** Waits until the run has ended, or has this status. */
  runEnded(id: string, status?: string): Promise<Answer['body']>;
  /** Runs one sprint from its start to its end. */
  play(play: Play, body?: Record<string, unknown>): Promise<Answer['body']>;
  close(): Promise<void>;
}

export async function openBench(play: Play = {}): Promise<RunBench> {
  const team = await startTeam(play);
  environment.GEMINI_API_KEY = 'a-key-of-the-test';
  environment.GOOGLE_GEMINI_BASE_URL = team.gemini.url;
  const server = await startServer();
  const person = await server.signUp();
  const sprint: RunBench['sprint'] = async (id, who = person) =>
    (await server.call('GET', `/api/v1/sprints/${id}`, { token: who.token })).body;
  const bench: RunBench = {
    server,
    team,
    person,
    asOwner,
    start: async (body = {}, who = person) => {
      const answer = await server.call('POST', '/api/v1/sprints', {
        token: who.token,
        body: { task: 'Build a notes app', team: ['backend', 'frontend'], ...body },
      });
      if (answer.status !== 202)
        throw new Error(`The sprint was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return answer.body.id;
    },
    sprint,
    ended: (id, status) =>
      waitFor(
        `the sprint to become ${status ?? 'ended'}`,
        async () => {
          const found = await sprint(id);
          return (status === undefined ? ENDED.includes(found.status) : found.status === status) && found;
        },
        25_000,
      ),
    logs: async (id, who = person) => {
      const lines: LogLine[] = [];
      for (let cursor = ''; ; ) {
        const { body } = await server.call(
          'GET',
          `/api/v1/sprints/${id}/logs?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
          { token: who.token },
        );
        lines.push(...body.items);
        if (body.next_cursor === null) return lines;
        cursor = body.next_cursor;
      }
    },
    startRun: async (body = {}, who = person) => {
      const answer = await server.call('POST', '/api/v1/runs', {
        token: who.token,
        body: { query: 'Which of the two is better?', ...body },
      });
      if (answer.status !== 202)
        throw new Error(`The run was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return answer.body.id;
    },
    run: async (id) => (await server.call('GET', `/api/v1/runs/${id}`, { token: person.token })).body,
    runEnded: (id, status) =>
      waitFor(
        `the run to become ${status ?? 'ended'}`,
        async () => {
          const found = await bench.run(id);
          return (status === undefined ? ENDED.includes(found.status) : found.status === status) && found;
        },
        25_000,
      ),
    play: async (next, body) => {
      team.perform(next);
      return bench.ended(await bench.start(body));
    },
    close: async () => {
      await server.close();
      await team.gemini.close();
    },
  };
  return bench;
}

const ENDED = ['completed', 'failed', 'cancelled', 'cost_exceeded'];

export async function asOwner<R = Row>(text: string, values: unknown[] = []): Promise<R[]> {
  const database = await openDatabase();
  return database.as({ kind: 'system' }).transaction(async (transaction) => {
    await transaction.query({ name: 'test_set_role', text: 'set local role postgres' });
    // The type parameter names the columns that the statement selects.
    return (await transaction.query({
      name: `test_${createHash('md5').update(text).digest('hex')}`,
      text,
      values,
    })) as R[];
  });
}

/** A queue that delivers nothing, so that the test decides which task is delivered, when and how often. */
export interface HeldQueue {
  tasks: Task[];
  /** Removes and returns the oldest task of a step; waits until there is one. */
  take(step: string): Promise<Task>;
}

export function holdQueue(): HeldQueue {
  const tasks: Task[] = [];
  useQueue({ create: async (task) => void tasks.push(task), close: async () => undefined });
  return {
    tasks,
    take: (step) =>
      waitFor(`a task of ${step}`, () => {
        const index = tasks.findIndex((task) => task.step === step);
        return index < 0 ? undefined : tasks.splice(index, 1)[0];
      }),
  };
}

/** Delivers the tasks in order until none is left. Makes waiting nodes due first. Returns the delivered tasks. */
export async function deliverAll(
  { server }: RunBench,
  queue: HeldQueue,
  how: (task: Task) => Promise<unknown> = (task) => server.invoke(task.step, task.payload),
): Promise<Task[]> {
  const delivered: Task[] = [];
  for (let task = queue.tasks.shift(); task; task = queue.tasks.shift()) {
    if (task.notBefore)
      await asOwner(`update run_nodes set wake_at = now() - interval '1 second' where wake_at is not null`);
    await how(task);
    delivered.push(task);
  }
  return delivered;
}

/** Returns the numbers of events; a complete log has 1 to n. */
export function numbersOf(lines: readonly { seq: number }[]): number[] {
  return lines.map((line) => line.seq);
}

export function oneTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/**
 * Expects that a sprint is cancelled, that none of its workers is active, and that the cancellation is its last event.
 */
export async function expectCancelled(bench: RunBench, id: string): Promise<void> {
  const sprint = await bench.sprint(id);
  expect(sprint.status).toBe('cancelled');
  expect(sprint.completed_at).not.toBeNull();
  expect(
    sprint.workers
      .map((worker: { status: string }) => worker.status)
      .filter((status: string) => !['completed', 'failed', 'skipped', 'cancelled'].includes(status)),
  ).toEqual([]);
  const lines = await bench.logs(id);
  expect(numbersOf(lines)).toEqual(oneTo(lines.length));
  expect(lines.at(-1)?.type).toBe('run_cancelled');
  expect(lines.filter(({ type }) => type === 'run_cancelled')).toHaveLength(1);
}
