import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StreamEvent } from '../../../../web/api/stream.ts';
import { type LogEvent, readStream } from '../../../../web/rooms/runs/run/run-event.ts';

/** The stream of a rehearsal's sprint as a client received it: 95 events, and deltas between them. */
export const STREAM: StreamEvent[] = (
  JSON.parse(readFileSync(join(import.meta.dirname, 'sprint-stream.json'), 'utf8')) as (Omit<StreamEvent, 'seq'> & {
    seq: number | null;
  })[]
).map(({ seq, type, data }) => ({ seq: seq ?? undefined, type, data }));

export const EVENTS: readonly LogEvent[] = readStream(STREAM).events;

/** An event of a log, for what the recorded sprint does not have. */
export function event(
  seq: number,
  type: string,
  data: Record<string, unknown> = {},
  more: Partial<LogEvent> = {},
): LogEvent {
  const timestamp = new Date(Date.UTC(2026, 2, 12, 14, 0, seq)).toISOString();
  return { seq, timestamp, type, level: 'info', source: 'backend', message: type, data, truncated: false, ...more };
}
