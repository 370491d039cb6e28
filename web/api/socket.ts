import { api } from './client.ts';
import { ApiError, dataOf } from './problem.ts';
import { pause, untilVisible } from './waiting.ts';

/**
 * The tab's one WebSocket. It is open while a page follows a channel and the tab is seen. A new connection signs in
 * with a ticket in its first frame, and follows every channel after the last number that arrived, so each event comes
 * once.
 */

/** A frame of the server; functions/realtime/README.md has all of them. */
export interface SocketFrame {
  type: string;
  channel: string;
  /** The number of an event; undefined for what is transient, such as presence. */
  seq?: number;
  [field: string]: unknown;
}

export interface Followed {
  /** Tells the others in the channel what the user does. */
  say(state: 'viewing' | 'typing'): void;
  stop(): void;
}

interface Following {
  hearers: Set<(frame: SocketFrame) => void>;
  /** The number of the last event; undefined before the first answer: only what happens from now on. */
  after: number | undefined;
}

/** Shorter than the silence after which the server or a proxy ends a connection. */
const PING_MS = 20_000;
const LONGEST_SILENCE_MS = 45_000;

const channels = new Map<string, Following>();
let socket: WebSocket | undefined;
/** Whether the server has accepted the ticket of the present connection. */
let isReady = false;
let closing: AbortController | undefined;

/**
 * Follows a channel and hands its frames to `hear`. A second follower of a channel hears what comes from now on.
 * @param after the number of the last event that the page has; without it only what happens from now on is heard
 */
export function follow(channel: string, hear: (frame: SocketFrame) => void, after?: number): Followed {
  const following = channels.get(channel) ?? { hearers: new Set(), after };
  following.hearers.add(hear);
  if (!channels.has(channel)) {
    channels.set(channel, following);
    subscribe(channel, following);
  }
  if (closing === undefined) {
    closing = new AbortController();
    void keepOpen(closing.signal);
  }
  return {
    say: (state) => send({ type: 'presence', channel, state }),
    stop: () => {
      following.hearers.delete(hear);
      if (following.hearers.size > 0 || channels.get(channel) !== following) return;
      channels.delete(channel);
      send({ type: 'unsubscribe', channel });
      if (channels.size > 0) return;
      closing?.abort();
      closing = undefined;
    },
  };
}

async function keepOpen(closed: AbortSignal): Promise<void> {
  let failures = 0;
  while (!closed.aborted) {
    if (document.hidden) {
      await untilVisible(closed);
      continue;
    }
    const end = await connect(closed);
    if (closed.aborted || end === 'refused') return;
    failures = end === 'broken' ? failures + 1 : 0;
    if (end !== 'hidden') await pause(failures, closed);
  }
}

type End = 'refused' | 'broken' | 'ended' | 'hidden';

/** Keeps one connection until it ends. */
async function connect(closed: AbortSignal): Promise<End> {
  let ticket: string;
  try {
    ({ ticket } = await dataOf(api.POST('/api/v1/realtime/tickets', { signal: closed })));
  } catch (error) {
    return error instanceof ApiError && !error.isTemporary ? 'refused' : 'broken';
  }
  if (closed.aborted) return 'ended';
  if (document.hidden) return 'hidden';
  const url = new URL('/api/v1/ws', location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  const connection = new WebSocket(url);
  let heardAt = Date.now();
  const look = () => {
    // Closed before it is open, a connection would be reported as a failure.
    if (connection.readyState === WebSocket.CONNECTING) return;
    if (document.hidden || closed.aborted || Date.now() - heardAt > LONGEST_SILENCE_MS) connection.close();
  };
  const pinging = setInterval(() => {
    look();
    send({ type: 'ping' });
  }, PING_MS);
  document.addEventListener('visibilitychange', look);
  closed.addEventListener('abort', look);
  socket = connection;
  connection.onopen = () => {
    look();
    if (connection.readyState === WebSocket.OPEN) connection.send(JSON.stringify({ type: 'auth', ticket }));
  };
  connection.onmessage = ({ data }) => {
    heardAt = Date.now();
    take(JSON.parse(String(data)));
  };
  await new Promise((resolve) => {
    connection.onclose = resolve;
  });
  const wasReady = isReady;
  isReady = false;
  if (socket === connection) socket = undefined;
  clearInterval(pinging);
  document.removeEventListener('visibilitychange', look);
  closed.removeEventListener('abort', look);
  if (document.hidden) return 'hidden';
  return wasReady ? 'ended' : 'broken';
}

function take(frame: SocketFrame): void {
  if (frame.type === 'ready') {
    isReady = true;
    for (const [channel, following] of channels) subscribe(channel, following);
    return;
  }
  const following = channels.get(frame.channel);
  if (following === undefined) return;
  if (frame.type === 'subscribed') {
    following.after ??= frame.seq;
    return;
  }
  following.after = frame.seq ?? following.after;
  for (const hear of following.hearers) hear(frame);
}

function subscribe(channel: string, { after }: Following): void {
  send({ type: 'subscribe', channel, ...(after === undefined ? {} : { after }) });
}

/** Sends a frame, if the connection is signed in: a new connection follows all channels anyway. */
function send(frame: object): void {
  if (isReady && socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}
