import { createAlarm } from '../platform/alarm.ts';
import type { Database, Queryable } from '../platform/database/database.ts';
import { CHAT_CHANNEL } from './chat-event.ts';
import { listChatEventsAfter } from './sql/event.ts';

export { findChatSeq as findLastChatSeq, listChatEventsAfter as chatEventsAfter } from './sql/event.ts';

/** Notifications can be lost, so the table is also polled at this interval. */
const POLL_MS = 2_000;
/** Proxies close connections that are silent for longer. */
const HEARTBEAT_MS = 15_000;
/** A stream ends before Cloud Run's limit of one hour; the client reconnects with its last id. */
const LONGEST_STREAM_MS = 55 * 60 * 1000;

interface ConversationStream {
  database: Database;
  /** Reads with the caller's rights, so a caller who loses them loses the stream. */
  read: Queryable;
  conversationId: string;
  after: number;
  signal: AbortSignal;
}

/** Yields the events of a conversation after a number and then what comes, as Server-Sent Events. */
export async function* conversationStream(stream: ConversationStream): AsyncGenerator<string> {
  const { database, read, conversationId, signal } = stream;
  const alarm = createAlarm();
  signal.addEventListener('abort', alarm.wake, { once: true });
  const stop = await database.listen(CHAT_CHANNEL, (payload) => payload === conversationId && alarm.wake());
  const endsAt = Date.now() + LONGEST_STREAM_MS;
  let last = stream.after;
  let silentSince = Date.now();
  try {
    yield 'retry: 1000\n\n';
    while (!signal.aborted && Date.now() < endsAt) {
      const events = await listChatEventsAfter(read, conversationId, { after: last, limit: 100 });
      last = events.at(-1)?.seq ?? last;
      const text = events.map(({ seq, type, ...event }) => {
        const data = { ...event.data, conversation_id: conversationId, timestamp: event.timestamp };
        return `id: ${seq}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
      });
      const isSilent = Date.now() - silentSince >= HEARTBEAT_MS;
      if (text.length > 0 || isSilent) {
        yield text.length > 0 ? text.join('') : ': still here\n\n';
        silentSince = Date.now();
      }
      if (text.length === 0) await alarm.wait(POLL_MS);
    }
  } finally {
    await stop();
  }
}
