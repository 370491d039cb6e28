import type { Item } from '../../api/client.ts';

/** What the API gives of conversations and their messages. */

export type Conversation = Item<'/api/v1/chat/conversations'>;
export type Message = Item<'/api/v1/chat/conversations/{id}/messages'>;
export type Part = Message['parts'][number];
export type MemoryNote = Message['memory'][number];
export type Learned = Message['learned'][number];
export type Attached = Message['attachments'][number];
/** What filled the context of an answer, in estimated tokens. */
export type ContextUse = NonNullable<Message['context']>;
export type ToolPart = Extract<Part, { type: 'tool' }>;

/** Returns the id of a conversation that an address has, or undefined when none can have it. */
export function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^chat_[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(value) ? value : undefined;
}
