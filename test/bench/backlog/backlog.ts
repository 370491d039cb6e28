import { z } from 'zod';
import { type BenchDatabase, productEnvironment } from '../database.ts';
import { startPeer } from '../peer.ts';
import type { Settings } from '../settings.ts';

/** Measures how long a tenant's steps wait while the outbox contains 100,000 steps of another tenant and is emptied. */

export const START_P95_AIM_MS = 200;
/** The measurement ends after this time, also when steps are left. */
const MOST_SECONDS = 75;

const Waits = z.object({
  starts: z.number(),
  start_p50_ms: z.number(),
  start_p95_ms: z.number(),
  start_p99_ms: z.number(),
});
const State = z.object({
  claim: z.object({ step_ms: z.number(), sweep_ms: z.number() }),
  tables: z.array(z.object({ name: z.string(), megabytes: z.number(), dead: z.number() })),
});
const BacklogFigures = z.object({
  steps: z.number(),
  done: z.number(),
  steps_per_second: z.number(),
  quiet: Waits,
  meanwhile: Waits,
  before: State,
  after: State,
});
export type BacklogResult = z.infer<typeof BacklogFigures>;

export async function measureBacklog(
  database: BenchDatabase,
  settings: Settings,
  home: string,
): Promise<BacklogResult> {
  const server = await startPeer(new URL('server.ts', import.meta.url), productEnvironment(database, home));
  try {
    return await server.measure({ steps: settings.backlog, seconds: MOST_SECONDS }, BacklogFigures);
  } finally {
    await server.stop();
  }
}
