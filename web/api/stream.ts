import { createParser } from 'eventsource-parser';
import { type ApiError, errorOf } from './problem.ts';
import { authorizedFetch } from './session.ts';
import { pause, untilVisible } from './waiting.ts';

/**
 * Reads Server-Sent Events with the access token, which EventSource cannot send. Resumes after the last numbered event,
 * so each arrives exactly once. A hidden tab closes its stream and resumes when it is seen: a browser opens only six
 * connections to an HTTP/1.1 server.
 */

export interface StreamEvent {
  /** The number of the event; undefined for transient events such as text deltas. */
  seq: number | undefined;
  type: string;
  data: string;
}

export type StreamState =
  | { kind: 'connecting' }
  | { kind: 'live' }
  /** `since` is when the last event or connection was there. */
  | { kind: 'reconnecting'; since: Date }
  | { kind: 'paused' }
  | { kind: 'ended' }
  | { kind: 'refused'; error: ApiError };

export interface StreamOptions {
  url: string;
  /** The number of the last event that is known already. */
  after: number;
  /** Gets the events of one read together, so that a burst is applied once. */
  onEvents: (events: StreamEvent[]) => void;
  onState: (state: StreamState) => void;
  /** Whether no event follows this one. */
  isLast: (event: StreamEvent) => boolean;
}

/** The server sends a heartbeat each 15 s. A longer silence is a dead connection. */
const LONGEST_SILENCE_MS = 45_000;

/** Opens a stream. Returns a function that closes it. */
export function openStream(options: StreamOptions): () => void {
  const closing = new AbortController();
  void keepOpen(options, closing.signal);
  return () => closing.abort();
}

async function keepOpen(options: StreamOptions, closed: AbortSignal): Promise<void> {
  let after = options.after;
  let failures = 0;
  let since = new Date();
  options.onState({ kind: 'connecting' });
  while (!closed.aborted) {
    if (document.hidden) {
      options.onState({ kind: 'paused' });
      await untilVisible(closed);
      continue;
    }
    const end = await read({ ...options, after }, closed, (events) => {
      after = events.findLast(({ seq }) => seq !== undefined)?.seq ?? after;
      failures = 0;
      since = new Date();
    });
    if (closed.aborted) return;
    if (end.kind === 'ended' || end.kind === 'refused') return options.onState(end);
    if (end.kind === 'hidden') continue;
    options.onState({ kind: 'reconnecting', since });
    await pause(failures, closed);
    failures += 1;
  }
}

type End = { kind: 'ended' } | { kind: 'refused'; error: ApiError } | { kind: 'broken' } | { kind: 'hidden' };

/** Reads one connection to its end. */
async function read(
  options: StreamOptions,
  closed: AbortSignal,
  onProgress: (events: StreamEvent[]) => void,
): Promise<End> {
  const cut = new AbortController();
  const hide = () => document.hidden && cut.abort();
  document.addEventListener('visibilitychange', hide);
  let silence = setTimeout(() => cut.abort(), LONGEST_SILENCE_MS);
  let isEnded = false;
  let arrived: StreamEvent[] = [];
  const parser = createParser({
    onEvent: ({ id, event = 'message', data }) =>
      arrived.push({ seq: id === undefined ? undefined : Number(id), type: event, data }),
  });
  try {
    const response = await authorizedFetch(
      new Request(options.url, {
        headers: { Accept: 'text/event-stream', ...(options.after > 0 ? { 'Last-Event-ID': `${options.after}` } : {}) },
        signal: AbortSignal.any([closed, cut.signal]),
      }),
    );
    if (!response.ok || response.body === null) {
      const error = await errorOf(response);
      return error.isTemporary ? { kind: 'broken' } : { kind: 'refused', error };
    }
    options.onState({ kind: 'live' });
    onProgress([]);
    const decoder = new TextDecoder();
    for await (const chunk of chunks(response.body)) {
      clearTimeout(silence);
      silence = setTimeout(() => cut.abort(), LONGEST_SILENCE_MS);
      parser.feed(decoder.decode(chunk, { stream: true }));
      if (arrived.length === 0) continue;
      const events = arrived;
      arrived = [];
      onProgress(events);
      isEnded ||= events.some(options.isLast);
      options.onEvents(events);
    }
    return isEnded ? { kind: 'ended' } : { kind: 'broken' };
  } catch {
    if (isEnded) return { kind: 'ended' };
    return document.hidden ? { kind: 'hidden' } : { kind: 'broken' };
  } finally {
    clearTimeout(silence);
    document.removeEventListener('visibilitychange', hide);
  }
}

/** ReadableStream is not async iterable in every browser. */
async function* chunks(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}
