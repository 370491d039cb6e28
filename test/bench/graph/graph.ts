import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { draft, nodeOf, submits } from '../../runs/plan-script.ts';
import { freePort } from '../../support/free-port.ts';
import { type ScriptedGemini, startScriptedGemini } from '../../support/scripted-gemini.ts';
import { workerOf } from '../../support/scripted-provider.ts';
import type { BenchDatabase } from '../database.ts';
import { median, rounded } from '../figures.ts';
import { startServer } from '../peer.ts';
import type { Settings } from '../settings.ts';

/**
 * Measures the overhead of the engine for a run of twenty nodes, up to eight of them concurrent. The model takes a
 * second for each answer. Uses the API of an unchanged `npm start`, with sweepers, memory and the default concurrency.
 */

/** Maximum ratio of the wall time to the longest path of model calls. */
export const GRAPH_AIM = 1.15;
const THINKING_MS = 1_000;
/** The planner's call, then four levels: 8, 8, 3 and 1 nodes. */
const LEVELS = [8, 8, 3, 1];
const PATH_LENGTH = 1 + LEVELS.length;
const TIMEOUT_MS = 120_000;

export type GraphResult = Awaited<ReturnType<typeof measureGraph>>;

export async function measureGraph(database: BenchDatabase, settings: Settings, home: string) {
  const gemini = await startScriptedGemini({ answer: thinkAndAnswer });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startServer(
    [fileURLToPath(new URL('../../../scripts/run-local.ts', import.meta.url))],
    environmentOf(database, gemini, home, port),
    `${url}/health`,
  );
  try {
    const token = await signUp(url);
    const walls: number[] = [];
    // The first run is a warm-up.
    for (let round = 0; round <= settings.rounds; round += 1) walls.push(await timeRun(url, token));
    const wall = median(walls.slice(1));
    const path = PATH_LENGTH * THINKING_MS;
    return {
      aim: GRAPH_AIM,
      nodes: LEVELS.reduce((sum, count) => sum + count, 0),
      parallel: Math.max(...LEVELS),
      thinking_ms: THINKING_MS,
      longest_path_ms: path,
      wall_ms: rounded(wall, 0),
      ratio: rounded(wall / path, 3),
    };
  } finally {
    await server.stop();
    await gemini.close();
  }
}

function environmentOf(database: BenchDatabase, gemini: ScriptedGemini, home: string, port: number) {
  return {
    DATABASE_URL: database.url,
    APEXFLOW_HOME: home,
    LISTEN_ADDRESS: '127.0.0.1',
    PORT: String(port),
    GEMINI_API_KEY: 'a-key-of-the-bench',
    GOOGLE_GEMINI_BASE_URL: gemini.url,
    LOG_LEVEL: 'error',
    NODE_ENV: 'production',
  };
}

const thinkAndAnswer: Parameters<typeof startScriptedGemini>[0]['answer'] = (request) => {
  const answer = workerOf(request) === 'planner' ? submits(PLAN) : { text: `${nodeOf(request)} is done` };
  return { ...answer, delayMs: THINKING_MS };
};

/** Each node depends on some nodes of the previous level. */
const PLAN = planOf(LEVELS);

function planOf(levels: readonly number[]): Record<string, unknown> {
  const idsOf = (level: number) =>
    Array.from({ length: levels[level] ?? 0 }, (_, place) => `L${level}${'abcdefgh'[place]}`);
  const edges = levels.flatMap((count, level) =>
    level === 0 ? [] : idsOf(level - 1).map((source, place) => ({ source, target: idsOf(level)[place % count] })),
  );
  return draft(
    levels.flatMap((_, level) => idsOf(level)).map((id) => ({ id })),
    { edges },
  );
}

async function signUp(url: string): Promise<string> {
  const body = { email: 'graph@example.com', password: 'correct-horse-battery', display_name: 'Graph' };
  return z.object({ access_token: z.string() }).parse(await call(url, '/api/v1/auth/register', undefined, body))
    .access_token;
}

const Run = z.object({
  id: z.string(),
  status: z.string(),
  error: z.string().nullable(),
  created_at: z.string(),
  completed_at: z.string().nullable(),
});

/** Returns the time from the creation to the end of a run, by the database's clock. */
async function timeRun(url: string, token: string): Promise<number> {
  const started = Run.parse(await call(url, '/api/v1/runs', token, { query: 'Which of them is best?' }));
  const endsAt = performance.now() + TIMEOUT_MS;
  for (;;) {
    await sleep(100);
    const run = Run.parse(await call(url, `/api/v1/runs/${started.id}`, token));
    if (run.status === 'completed' && run.completed_at !== null)
      return Date.parse(run.completed_at) - Date.parse(run.created_at);
    if (!['queued', 'running'].includes(run.status) || performance.now() > endsAt)
      throw new Error(`The run did not complete. It is ${run.status}: ${run.error}`);
  }
}

async function call(url: string, path: string, token: string | undefined, body?: object): Promise<unknown> {
  const response = await fetch(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${(await response.text()).slice(0, 500)}`);
  return response.json();
}
