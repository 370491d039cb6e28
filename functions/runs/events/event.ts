import { z } from 'zod';
import { Timestamp } from '../run.ts';

/**
 * An event of a run, as its log and its stream show it. Events are written in the transaction of the change that they
 * report and numbered without gaps. Text deltas are not events: they are transient and have no number.
 */
export interface RunEvent {
  type: RunEventType;
  level: 'debug' | 'info' | 'warning' | 'error';
  /** `system`, or the worker's name. */
  source: string;
  message: string;
  data?: Record<string, unknown>;
}

const RUN_EVENT_TYPES = [
  'run_started',
  'run_admitted',
  'input_requested',
  'input_received',
  'run_paused',
  'run_resumed',
  'run_replanned',
  'node_started',
  'price_unknown',
  'turn_completed',
  'turn_postponed',
  'leak_removed',
  'tool_started',
  'tool_completed',
  'message_sent',
  'node_completed',
  'node_failed',
  'node_skipped',
  'node_cancelled',
  'council_round_started',
  'council_interjected',
  'stance_submitted',
  'round_closed',
  'run_completed',
  'run_failed',
  'run_cancelled',
  'run_cost_exceeded',
] as const;
type RunEventType = (typeof RUN_EVENT_TYPES)[number];

const TERMINAL: readonly string[] = ['run_completed', 'run_failed', 'run_cancelled', 'run_cost_exceeded'];

/** Whether no further event can follow. */
export function isTerminal(type: string): boolean {
  return TERMINAL.includes(type);
}

/** A line of `GET /runs/{id}/logs`, and the `data` of an event in the stream. */
export const LogLine = z.strictObject({
  seq: z.int(),
  timestamp: Timestamp,
  type: z.string(),
  level: z.enum(['debug', 'info', 'warning', 'error']),
  source: z.string(),
  message: z.string(),
  data: z.record(z.string(), z.unknown()),
  truncated: z
    .boolean()
    .meta({ description: 'True when a text was cut at 2,000 characters. The detail of the turn has the whole text' }),
});
export type LogLine = z.infer<typeof LogLine>;

/** The channel of PostgreSQL notifications of new events; the payload is the run's id. */
export const EVENT_CHANNEL = 'run_events';
/** The channel of PostgreSQL notifications that carries deltas to the streams of a run. */
export const DELTA_CHANNEL = 'run_deltas';

/**
 * A piece of the text that a worker is writing. Transient: it has no number and may be lost; the event of the turn has
 * the whole text. `at` is its place in the text of this kind so far, in code points, so that a reader notices a lost
 * piece.
 */
export const Delta = z.object({
  run_id: z.string(),
  node: z.string(),
  source: z.string(),
  turn: z.int(),
  kind: z.enum(['text', 'thinking']),
  at: z.int(),
  text: z.string(),
  reset: z.boolean(),
});
export type Delta = z.infer<typeof Delta>;
