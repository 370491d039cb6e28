import { z } from 'zod';
import { Timestamp } from '../runs/run.ts';

/**
 * What changed in a conversation, numbered without gaps. Written in the transaction of the change. The text of an
 * answer is not among them: it comes with the events of its run.
 */
export type ChatEvent =
  | { type: 'message_added'; data: { message_id: string; role: string; parent_id: string | null } }
  | { type: 'answer_started'; data: { message_id: string; run_id: string } }
  | { type: 'answer_ended'; data: { message_id: string; run_id: string; status: string } }
  | { type: 'conversation_changed'; data: { changed: string[] } }
  | { type: 'facts_proposed'; data: { message_id: string } };

/** An event as its readers get it. */
export const NumberedChatEvent = z.strictObject({
  seq: z.int(),
  type: z.string(),
  data: z.record(z.string(), z.unknown()),
  timestamp: Timestamp,
});
export type NumberedChatEvent = z.infer<typeof NumberedChatEvent>;

/** The channel of PostgreSQL notifications; the payload is the id of the conversation. */
export const CHAT_CHANNEL = 'chat_events';
