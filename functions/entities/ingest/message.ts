import { z } from 'zod';
import { Instant } from '../../platform/instant.ts';

/**
 * The two forms of a message of a conversation, which may be mixed in one list. `{speaker, text, said_at}` names who
 * spoke. `{role, content}` is the form of chat APIs; the role decides whose words they are:
 *
 * - `user`: the words of the memory's owner, whose facts they are.
 * - `assistant`: kept and found, but never a fact about the user.
 * - `system` (also `developer`) and `tool` (also `function`): instructions and data of an application. They are kept
 *   like the assistant's words, and are no part of the question when memory is asked for a conversation.
 *
 * Other fields of chat APIs (`name`, `tool_calls`) are ignored. A message without text is left out: empty or null
 * content, calls of tools, or only pictures.
 */
const SPEAKER_OF_ROLE = {
  user: 'user',
  assistant: 'assistant',
  system: 'system',
  developer: 'system',
  tool: 'tool',
  function: 'tool',
} as const;

export const MOST_TURNS = 2000;
/** Characters of all turns of a session together. */
export const LONGEST_TRANSCRIPT = 2_000_000;
const LONGEST_TEXT = 100_000;
const SaidAt = Instant.optional();

/** A part of a message. Only parts with text count; pictures, calls and results of tools do not. */
const ContentPart = z
  .object({ type: z.string().max(100), text: z.string().max(LONGEST_TEXT).optional() })
  .meta({ description: "A part of a message, such as {type: 'text', text}; parts without text are ignored" });

const Content = z.union([z.string().max(LONGEST_TEXT), z.array(ContentPart).max(1000), z.null()], {
  error: "must be a text, a list of parts {type: 'text', text}, or null",
});

const Role = z.literal(Object.keys(SPEAKER_OF_ROLE) as (keyof typeof SPEAKER_OF_ROLE)[]);

/** Seconds since 1970 from 1973 to 5138 are smaller than this number, and milliseconds are not. */
const MOST_SECONDS = 100_000_000_000;

/** The time of a message as applications store it. */
const Timestamp = z
  .union([Instant, z.number().positive().max(253_402_300_799_000)], {
    error: 'must be an ISO 8601 date-time with its time zone, or seconds since 1970',
  })
  .transform((time) =>
    typeof time === 'string' ? time : new Date(time < MOST_SECONDS ? time * 1000 : time).toISOString(),
  )
  .optional()
  .meta({ description: 'The same as said_at; also seconds or milliseconds since 1970' });

const RoleMessage = z
  .object({ role: Role, content: Content, said_at: SaidAt, timestamp: Timestamp })
  .refine(({ content }) => textOf(content).length <= LONGEST_TEXT, {
    path: ['content'],
    message: `must have ${LONGEST_TEXT} characters at most`,
  })
  .meta({ description: 'A message as chat APIs have it; the words of `user` are those of the memory’s owner' });

const CallMessage = z
  .object({ role: Role, tool_calls: z.array(z.unknown()), content: z.null().optional() })
  .meta({ description: 'A message that only calls tools; it is left out' });

const SpokenTurn = z.strictObject({
  speaker: z.string().trim().min(1).max(200),
  text: z.string().max(LONGEST_TEXT),
  said_at: SaidAt,
  caption: z.string().max(10_000).optional().meta({ description: 'Describes the picture of the turn' }),
});
export type SpokenTurn = z.infer<typeof SpokenTurn>;

/** Says what a wrong list should have been. */
export const MESSAGE_FORMS = 'must be a list of {role, content} or {speaker, text}';
const MESSAGE_FORM = 'must be {role, content} or {speaker, text}';

const Message = z.union([RoleMessage, CallMessage, SpokenTurn], { error: MESSAGE_FORM });
const MessageOfSomebody = z.union([RoleMessage, CallMessage, SpokenTurn.partial({ speaker: true })], {
  error: MESSAGE_FORM,
});

/** Messages of a session in either form, as turns. */
export const Messages = z
  .array(Message, { error: MESSAGE_FORMS })
  .min(1)
  .max(MOST_TURNS)
  .transform((messages, context) => {
    const turns = messages.flatMap((message) => toTurn(message));
    const refuse = (message: string) => context.issues.push({ code: 'custom', message, input: messages });
    if (turns.length === 0) refuse('no message has text');
    const size = turns.reduce((sum, { text, caption = '' }) => sum + text.length + caption.length, 0);
    if (size > LONGEST_TRANSCRIPT) refuse(`a session has at most ${LONGEST_TRANSCRIPT} characters`);
    return turns;
  });

/** Messages of a conversation so far, where a speaker may be missing. Words of applications are left out. */
export const SaidMessages = z
  .array(MessageOfSomebody, { error: MESSAGE_FORMS })
  .max(MOST_TURNS)
  .transform((messages) =>
    messages.flatMap((message) => toTurn(message)).filter(({ speaker = '' }) => !/^(system|tool)$/i.test(speaker)),
  );

function toTurn<Turn extends { text: string }>(
  message: Turn | z.infer<typeof RoleMessage> | z.infer<typeof CallMessage>,
): (Turn | SpokenTurn)[] {
  if (!('role' in message)) return [message];
  if ('tool_calls' in message) return [];
  const text = textOf(message.content);
  if (text.trim() === '') return [];
  return [{ speaker: SPEAKER_OF_ROLE[message.role], text, said_at: message.said_at ?? message.timestamp }];
}

function textOf(content: z.infer<typeof Content> | undefined): string {
  if (typeof content === 'string') return content;
  return (content ?? []).flatMap(({ text }) => text ?? []).join('\n');
}
