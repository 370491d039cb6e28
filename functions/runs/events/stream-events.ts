import type { LogLine } from './event.ts';
import { type FollowedRun, followRun } from './follow-run.ts';

/** Proxies close connections that are silent for longer. */
const HEARTBEAT_MS = 15_000;

/**
 * Yields the events after a number, then new events until the run's last event, in the format of Server-Sent Events.
 */
export async function* streamEvents({
  heartbeatMs = HEARTBEAT_MS,
  ...followed
}: FollowedRun & { heartbeatMs?: number }): AsyncGenerator<string> {
  yield 'retry: 1000\n\n';
  let silentSince = Date.now();
  for await (const { deltas, events } of followRun(followed)) {
    const shown = deltas.filter((delta) => delta.kind === 'text');
    const text = shown.map((delta) => `event: delta\ndata: ${JSON.stringify(delta)}\n\n`).join('');
    const whole = text + events.map(toText).join('');
    if (whole !== '') yield whole;
    else if (Date.now() - silentSince >= heartbeatMs) yield ': still here\n\n';
    else continue;
    silentSince = Date.now();
  }
}

function toText(event: LogLine): string {
  return `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
