import { z } from 'zod';
import { NewMessageBody } from '../chat/accept-message.ts';
import { Ticket } from './ticket.ts';

/**
 * The frames that a client sends, each a JSON text. A new type of frame is a schema here and a case in session.ts.
 * README.md describes the frames that the server sends.
 */

/** How long a client may take to sign in. */
export const SIGN_IN_MS = 5_000;
export const MOST_SUBSCRIPTIONS = 50;

/** The first frame of a browser. */
export const Auth = z.strictObject({ type: z.literal('auth'), ticket: Ticket });

const Channel = z.string().min(1).max(200);

/** Follows a channel: first every event after the number, then new ones. Without a number only new ones. */
const Subscribe = z.strictObject({
  type: z.literal('subscribe'),
  channel: Channel,
  after: z.int().nonnegative().optional(),
});
const Unsubscribe = z.strictObject({ type: z.literal('unsubscribe'), channel: Channel });
/** Says what the user does in a channel that the connection follows. */
const Presence = z.strictObject({
  type: z.literal('presence'),
  channel: Channel,
  state: z.enum(['viewing', 'typing']),
});
/** Sends a message to the chat, as `POST /api/v1/chat/message` does. Its answer comes in the events of that stream. */
const Chat = NewMessageBody.extend({ type: z.literal('chat') });
/** Is answered with `pong`. A browser cannot see the pings of the protocol, so it sends its own. */
const Ping = z.strictObject({ type: z.literal('ping') });

export const ClientFrame = z.discriminatedUnion('type', [Chat, Subscribe, Unsubscribe, Presence, Ping]);
export type ClientFrame = z.infer<typeof ClientFrame>;
