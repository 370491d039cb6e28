import { z } from 'zod';
import { cutText } from '../platform/cut-text.ts';
import { idSchema } from '../platform/id.ts';
import { taskType } from '../platform/queue/task.ts';
import { Money, RunId, TakeTurn, Timestamp, Tokens } from '../runs/run.ts';
import { AnswerContext } from './answer-context.ts';
import { Attachment } from './attachments.ts';
import { Learned } from './memory/learned.ts';
import { MemoryNote } from './memory/memory-note.ts';

/** Conversations and their messages, as the API shows them, and the task that answers. */

export const ConversationId = idSchema('chat');
export const MessageId = idSchema('msg');
export const ConversationParams = z.strictObject({ id: ConversationId });
export const MessageParams = z.strictObject({ id: MessageId });

/** The worker that answers: functions/runs/workers/assistant.md, and the name for the tenant's `worker_config`. */
export const ASSISTANT = 'assistant';

/** Takes turns of an answer. The engine of `runs` writes this task for nodes whose `turn_step` it is. */
export const TakeAnswer: typeof TakeTurn = taskType({
  step: 'chat-take-answer',
  queue: 'model',
  payload: TakeTurn.payload,
});

/** How older messages are condensed when the context fills up; the presets of platform/compaction. */
export const Compaction = z.enum(['aggressive', 'balanced', 'conservative', 'manual']);

export const Title = z.string().trim().min(1).max(200);
export const Tags = z.array(z.string().trim().min(1).max(50)).max(20);

export const Conversation = z.strictObject({
  id: ConversationId,
  title: z.string(),
  model: z.string().nullable().meta({ description: '`provider/model` of the last answer; null before the first' }),
  archived: z.boolean(),
  favorite: z.boolean(),
  tags: z.array(z.string()),
  compaction: Compaction,
  target_type: z.string().meta({ description: '`chat`, or what the conversation is about: `run`' }),
  target_id: z.string(),
  head_id: MessageId.nullable().meta({ description: 'The last message of the branch that is shown' }),
  forked_from: z.strictObject({ conversation_id: ConversationId, message_id: MessageId }).nullable(),
  answering: z.strictObject({ message_id: MessageId, run_id: RunId }).nullable().meta({
    description: 'The answer under way',
  }),
  messages: z.int().meta({ description: 'Of all branches' }),
  last_text: z.string().meta({ description: 'The beginning of the newest message' }),
  cost_usd: Money,
  event_seq: z.int().meta({ description: 'The number of the last event of the conversation' }),
  created_at: Timestamp,
  updated_at: Timestamp,
});
export type Conversation = z.infer<typeof Conversation>;

export const MessageStatus = z.enum(['answering', 'complete', 'stopped', 'failed']);

/** A piece of an answer, in the order in which it came. */
export const Part = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('thinking'), turn: z.int(), text: z.string() }),
  z.strictObject({ type: z.literal('text'), turn: z.int(), text: z.string() }),
  z.strictObject({
    type: z.literal('tool'),
    id: z.string().meta({ description: '`turn.index`, as in the events' }),
    tool: z.string(),
    arguments: z.record(z.string(), z.unknown()),
    status: z.enum(['started', 'waiting', 'completed', 'not_run']),
    is_error: z.boolean(),
    output: z.string().nullable(),
    truncated: z.boolean().meta({ description: 'True when the output was cut at 4,000 characters' }),
    duration_ms: z.int().nullable(),
  }),
]);
export type Part = z.infer<typeof Part>;

export const Message = z.strictObject({
  id: MessageId,
  conversation_id: ConversationId,
  parent_id: MessageId.nullable(),
  role: z.enum(['user', 'assistant', 'system']),
  status: MessageStatus,
  content: z.string(),
  parts: z.array(Part).meta({ description: 'Of an answer: text, thinking and calls in their order' }),
  siblings: z.array(MessageId).meta({ description: 'The messages after the same parent, this one among them' }),
  run_id: RunId.nullable(),
  model: z.string().nullable(),
  error: z.string().nullable(),
  attachments: z.array(Attachment),
  memory: z.array(MemoryNote).meta({ description: 'What of the memory was in the context of an answer' }),
  learned: z.array(Learned).meta({ description: 'What an answer proposes to remember' }),
  context: AnswerContext.nullable().meta({ description: 'What the context of an answer was made of' }),
  tokens: Tokens.nullable(),
  cost_usd: Money.nullable(),
  created_at: Timestamp,
  completed_at: Timestamp.nullable(),
});
export type Message = z.infer<typeof Message>;

/** The most characters of a title that is the beginning of the first message. */
const LONGEST_TITLE = 60;

/** Returns the first line of a message, cut at a word. */
export function titleOf(message: string): string {
  const [line = ''] = message.split('\n', 1);
  const words = line.replace(/^[#>*\s-]+/, '').trim() || message.trim();
  if (words.length <= LONGEST_TITLE) return words;
  const cut = cutText(words, LONGEST_TITLE);
  const space = cut.lastIndexOf(' ');
  return `${space > LONGEST_TITLE / 2 ? cut.slice(0, space) : cut}…`;
}
