import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { z } from 'zod';

/**
 * What a run has left, without what may differ between two runs of the same play (ids, times, who was faster): its final state and the set of its effects.
 * Under any mix of faults it equals that of the fault-free run (engine.md, "Proof").
 */
export type Outcome = z.infer<typeof Outcome>;

const Rows = z.array(z.record(z.string(), z.unknown()));
const Outcome = z.object({
  run: z.record(z.string(), z.unknown()),
  nodes: Rows,
  turns: Rows,
  calls: Rows,
  files: Rows,
  messages: Rows,
  ledger: Rows,
  memories: Rows,
  /** Types and subjects of the events, those of one worker in their order, without the postponed turns that only faults bring. */
  events: Rows,
  /** The numbers of all events are 1 to n. */
  isGapless: z.boolean(),
  /** What was booked is what the run says it cost. */
  isBookedOnce: z.boolean(),
});

const OUTCOME = readFileSync(join(import.meta.dirname, 'outcome.sql'), 'utf8');

/** The outcome of a run, read as the database's owner; `change` takes out of its text what only this run says. */
export async function outcomeOf(
  pool: Pool,
  runId: string,
  change: (text: string) => string = (text) => text,
): Promise<Outcome> {
  const { rows } = await pool.query<{ outcome: unknown }>(OUTCOME, [runId]);
  return Outcome.parse(JSON.parse(change(JSON.stringify(rows[0]?.outcome))));
}

/** Where two outcomes differ, one line each; none when they are the same. */
export function differences(found: Outcome, expected: Outcome): string[] {
  const lines: string[] = [];
  for (const part of Object.keys(expected) as (keyof Outcome)[]) {
    const [is, should] = [JSON.stringify(found[part]), JSON.stringify(expected[part])];
    if (is !== should) lines.push(`${part}: ${is} instead of ${should}`);
  }
  return lines;
}
