import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Owner } from './owner.ts';

/**
 * The outcome of a run: its final state and the set of its effects. It contains nothing that differs between two runs
 * of the same script, such as ids, times and the order of concurrent workers. Under any mix of faults, the outcome must
 * equal that of the fault-free run.
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
  /** The messages of the conversation that the run answers in. */
  chat: Rows,
  /**
   * Types and subjects of the events in the order of each worker, without `turn_postponed`, which only faults cause.
   */
  events: Rows,
  /** True when the events are numbered from 1 to n. */
  isGapless: z.boolean(),
  /** True when the ledger agrees with the cost of the run, and no turn was booked twice. */
  isBookedOnce: z.boolean(),
});

const OUTCOME = readFileSync(join(import.meta.dirname, 'outcome.sql'), 'utf8');

/** Reads the outcome of a run as the owner of the database. `change` removes text that only this run has. */
export async function outcomeOf(
  pool: Owner,
  runId: string,
  change: (text: string) => string = (text) => text,
): Promise<Outcome> {
  const { rows } = await pool.query<{ outcome: unknown }>(OUTCOME, [runId]);
  return Outcome.parse(JSON.parse(change(JSON.stringify(rows[0]?.outcome))));
}

/** Returns a line for each difference of two outcomes. */
export function differences(found: Outcome, expected: Outcome): string[] {
  const lines: string[] = [];
  for (const part of Object.keys(expected) as (keyof Outcome)[]) {
    const [is, should] = [JSON.stringify(found[part]), JSON.stringify(expected[part])];
    if (is !== should) lines.push(`${part}: ${is} instead of ${should}`);
  }
  return lines;
}
