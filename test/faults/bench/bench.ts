import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { userTokenIssuer } from '../../../functions/platform/sign-in/authenticate.ts';
import { localKey } from '../../../functions/platform/sign-in/local-key.ts';
import { type Play, type ScriptedTeam, startTeam } from '../../support/team-script.ts';
import { watchEndings } from './endings.ts';
import { type FaultClock, startFaultClock } from './fault-clock.ts';
import { connectOwner, type Owner } from './owner.ts';
import { startWorker, type Worker } from './processes/workers.ts';
import { type ScriptedQueue, startScriptedQueue } from './scripted-queue.ts';
import { type DatabaseProxy, startDatabaseProxy, type Watch } from './wire/wire-proxy.ts';

/**
 * The product with injected faults: worker processes, each with its own proxy to PostgreSQL, a scripted queue and clock
 * that call any serving worker, and a scripted model. The tests themselves use `DATABASE_URL` without a proxy.
 */
export interface FaultBench {
  pool: Owner;
  queue: ScriptedQueue;
  clock: FaultClock;
  team: ScriptedTeam;
  workers: FaultWorker[];
  /** Returns the URL of a serving worker (round robin), or undefined when no worker serves. */
  pickWorker(): string | undefined;
  /** Creates a user with a new tenant. */
  signIn(): Promise<FaultPerson>;
  /** Repeats a request until a worker answers anything except 409, 502 and 503. */
  call(method: string, path: string, person: FaultPerson, body?: unknown, key?: string): Promise<Reply>;
  /** Starts a sprint. Repeats the call with the same Idempotency-Key until it is accepted. */
  start(person: FaultPerson, body?: Record<string, unknown>): Promise<string>;
  /** Makes everything that waits for a sweeper a minute older, at this interval. Returns a function that stops it. */
  skipTime(everyMs: number): () => void;
  /**
   * Resolves when all runs have ended and the memory has learned from them.
   * @throws Error when some are stuck
   */
  ended(ids: readonly string[], patienceMs: number, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface FaultWorker extends Worker {
  proxy: DatabaseProxy;
  /** Sees every statement of this worker. Tests may replace it at any time. */
  watch: Watch;
}

export interface FaultPerson {
  subject: string;
  tenantId: string;
  token: string;
}

export interface Reply {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of any shape and assert what they expect.
  body: any;
}

export interface FaultBenchOptions {
  workers: number;
  play?: Play;
  /** Interval at which the sweepers are called. */
  sweepMs?: number;
  leaseSeconds?: number;
  /** Workers resume the work of an earlier process when they start, as a laptop's server does. */
  resumes?: boolean;
  databaseUrl?: string;
  variables?: Record<string, string>;
  /** How a run is started. The default is a sprint. */
  begin?: Begin;
}

/**
 * Returns the request that starts a run, and reads the run's id from its reply. The request may be repeated with the
 * same key.
 */
export type Begin = (key: string) => { path: string; body: Record<string, unknown>; runOf: (body: unknown) => string };

const SPRINT: Begin = () => ({
  path: '/api/v1/sprints',
  body: { task: 'Build an app', team: ['backend'] },
  runOf: (body) => z.object({ id: z.string() }).parse(body).id,
});

const AnswerBody = z.object({ message: z.object({ run_id: z.string() }) });

/** Spawns an agent. */
export const SPAWN: Begin = () => ({
  path: '/api/v1/agents/spawn',
  body: { task: 'Find and write it' },
  runOf: (body) => z.object({ run_id: z.string() }).parse(body).run_id,
});

/** Sends a message to the chat and does not wait for the answer. */
export const MESSAGE: Begin = (key) => ({
  path: '/api/v1/chat/message?wait=0',
  body: { message: 'What is 6 * 7?', client_id: key },
  runOf: (body) => AnswerBody.parse(body).message.run_id,
});

export async function openFaultBench(options: FaultBenchOptions): Promise<FaultBench> {
  const databaseUrl = options.databaseUrl ?? process.env.DATABASE_URL;
  if (databaseUrl === undefined) throw new Error('The fault bench needs a PostgreSQL server: DATABASE_URL is not set');
  const team = await startTeam(options.play);
  const workers: FaultWorker[] = [];
  let turn = 0;
  const pickWorker = () => {
    const serving = workers.filter((worker) => worker.isServing);
    turn += 1;
    return serving[turn % serving.length]?.url;
  };
  const queue = await startScriptedQueue({ pickWorker });
  const variables = {
    GEMINI_API_KEY: 'a-key-of-the-test',
    GOOGLE_GEMINI_BASE_URL: team.gemini.url,
    LEASE_SECONDS: String(options.leaseSeconds ?? 3),
    FAULTS_QUEUE_PORT: String(queue.port),
    ...(options.resumes ? { FAULTS_RESUME: '1' } : {}),
    DB_POOL_MAX: '20',
    ...options.variables,
  };
  for (let number = 0; number < options.workers; number += 1)
    workers.push(await startFaultWorker(databaseUrl, variables));
  const clock = startFaultClock(pickWorker, options.sweepMs ?? 500);
  const pool = connectOwner(databaseUrl);
  const endings = watchEndings(pool);
  const bench: FaultBench = {
    pool,
    queue,
    clock,
    team,
    workers,
    pickWorker,
    signIn: () => signIn(pool),
    call: (method, path, person, body, key) => callUntilAnswered(pickWorker, method, path, person, body, key),
    start: async (person, body = {}) => {
      const key = randomUUID();
      const begin = (options.begin ?? SPRINT)(key);
      const answer = await bench.call('POST', begin.path, person, { ...begin.body, ...body }, key);
      if (answer.status !== 202 && answer.status !== 200)
        throw new Error(`${begin.path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return begin.runOf(answer.body);
    },
    skipTime: (everyMs) => {
      const timer = setInterval(() => void skipAMinute(pool), everyMs);
      return () => clearInterval(timer);
    },
    ended: (ids, patienceMs, signal) => endings.of(ids, patienceMs, signal),
    close: async () => {
      clock.close();
      endings.close();
      await queue.close();
      for (const worker of workers) {
        await worker.close();
        await worker.proxy.close();
      }
      await team.gemini.close();
      await pool.end();
    },
  };
  return bench;
}

async function startFaultWorker(databaseUrl: string, variables: Record<string, string>): Promise<FaultWorker> {
  let worker: FaultWorker | undefined;
  const proxy = await startDatabaseProxy(databaseUrl, (statement) => worker?.watch(statement));
  worker = Object.assign(await startWorker({ ...variables, DATABASE_URL: proxy.url }), {
    proxy,
    watch: () => undefined,
  });
  return worker;
}

/** Creates a user with a token of the local issuer. */
async function signIn(pool: Owner): Promise<FaultPerson> {
  const subject = randomUUID();
  const { rows } = await pool.query<{ tenant_id: string }>(
    `select tenant_id from provision_account($1, $1 || '@example.com', 'Ada', null)`,
    [subject],
  );
  const now = Math.floor(Date.now() / 1000);
  const { issuer, audience } = userTokenIssuer('local');
  const email = `${subject}@example.com`;
  const token = await localKey('user-tokens').sign({
    iss: issuer,
    aud: audience,
    sub: subject,
    email,
    email_verified: true,
    name: 'Ada',
    auth_time: now,
    iat: now,
    exp: now + 24 * 3_600,
    firebase: { identities: { email: [email] }, sign_in_provider: 'password' },
  });
  return { subject, token, tenantId: z.string().parse(rows[0]?.tenant_id) };
}

/** Statuses of temporary failures. A database that restarts is 503: a 500 is a fault of ours. */
const TEMPORARY = [409, 502, 503];

/**
 * A client sends a request again, to any process, when it had no answer for so long: the process may be stopped. Every
 * request of the bench may be repeated: a start has its Idempotency-Key, and a cancel is one.
 */
const ANSWER_MS = 3_000;

async function callUntilAnswered(
  pickWorker: () => string | undefined,
  method: string,
  path: string,
  person: FaultPerson,
  body: unknown,
  key: string | undefined,
): Promise<Reply> {
  const endsAt = Date.now() + 60_000;
  for (;;) {
    const worker = pickWorker();
    const answer = worker && (await callOnce(`${worker}${path}`, method, person, body, key));
    if (answer && !TEMPORARY.includes(answer.status)) return answer;
    if (Date.now() > endsAt) throw new Error(`${method} ${path} was not answered: ${JSON.stringify(answer)}`);
    await sleep(100);
  }
}

async function callOnce(
  url: string,
  method: string,
  { token }: FaultPerson,
  body: unknown,
  key: string | undefined,
): Promise<Reply | undefined> {
  const headers = {
    authorization: `Bearer ${token}`,
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(key === undefined ? {} : { 'idempotency-key': key }),
  };
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  try {
    const answer = await fetch(url, { method, headers, ...text, signal: AbortSignal.timeout(ANSWER_MS) });
    return { status: answer.status, body: await answer.json() };
  } catch {
    return undefined;
  }
}

/** Skips locked rows: a row that is being written does not wait for a sweeper. */
async function skipAMinute(pool: Owner): Promise<void> {
  const minute = `interval '61 seconds'`;
  for (const statement of [
    `update outbox set created_at = created_at - ${minute}, tried_at = tried_at - ${minute}
      where id in (select id from outbox for update skip locked)`,
    `update run_nodes set rung_at = rung_at - ${minute} where id in (select id from run_nodes
      where status in ('pending', 'running') and rung_at is not null and lease_until is null for update skip locked)`,
    `update run_nodes set completed_at = completed_at - ${minute} where id in (select n.id
      from run_nodes n join sessions s on s.id = n.run_id
      where s.completed_at is null and n.completed_at is not null for update of n skip locked)`,
    `update memory_sessions set created_at = created_at - ${minute}
      where id in (select id from memory_sessions where status = 'pending' for update skip locked)`,
    `update sessions set created_at = created_at - ${minute}
      where id in (select id from sessions where completed_at is null for update skip locked)`,
  ])
    await pool.query(statement).catch(() => undefined);
}
