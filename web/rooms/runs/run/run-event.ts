import type { Answer, Item } from '../../../api/client.ts';
import type { StreamEvent } from '../../../api/stream.ts';

/** The data of a run's page, as the API answers it, and readers of what events carry. All of it is foreign text. */

export type Run = Answer<'/api/v1/runs/{id}', 'get'>;
export type RunNode = Run['graph']['nodes'][number];
export type Question = Run['questions'][number];
export type CostLine = Run['costs'][number];
export type LogEvent = Item<'/api/v1/runs/{id}/logs'>;
export type Turn = Answer<'/api/v1/runs/{id}/nodes/{node}/turns/{turn}', 'get'>;
export type FileLine = Item<'/api/v1/runs/{id}/files'>;

/** A piece of the text that a worker is writing. It may be lost; the event of the turn has the whole text. */
export interface Delta {
  node: string;
  source: string;
  turn: number;
  text: string;
  reset: boolean;
}

const ENDED = ['completed', 'failed', 'cancelled', 'cost_exceeded'];
const LAST_EVENTS = ['run_completed', 'run_failed', 'run_cancelled', 'run_cost_exceeded'];

export function hasEnded(status: string): boolean {
  return ENDED.includes(status);
}

/** Whether no event follows one of this type. */
export function isLastEvent(type: string): boolean {
  return LAST_EVENTS.includes(type);
}

export function textIn(data: Record<string, unknown>, field: string): string | undefined {
  const value = data[field];
  return typeof value === 'string' ? value : undefined;
}

export function numberIn(data: Record<string, unknown>, field: string): number | undefined {
  const value = data[field];
  return typeof value === 'number' ? value : undefined;
}

/** Sorts what a stream sent into events and deltas. What cannot be read is left out. */
export function readStream(received: readonly StreamEvent[]): { events: LogEvent[]; deltas: Delta[] } {
  const events: LogEvent[] = [];
  const deltas: Delta[] = [];
  for (const { type, data } of received) {
    const value = parse(data);
    if (value === undefined) continue;
    if (type === 'delta') deltas.push(value as Delta);
    else if (typeof (value as LogEvent).seq === 'number') events.push(value as LogEvent);
  }
  return { events, deltas };
}

function parse(data: string): unknown {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
