import type { Item } from '../../api/client.ts';

/** What the API gives of conversations and their messages. */

export type Conversation = Item<'/api/v1/chat/conversations'>;
export type Message = Item<'/api/v1/chat/conversations/{id}/messages'> & {
  memory?: MemoryNote[];
  learned?: Learned[];
  context?: ContextUse;
};
export type Part = Message['parts'][number];
export type ToolPart = Extract<Part, { type: 'tool' }>;

/** Returns the id of a conversation that an address has, or undefined when none can have it. */
export function idOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^chat_[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(value) ? value : undefined;
}

/** A remembered thing that an answer was told. */
export interface MemoryNote {
  ref: string;
  kind: 'fact' | 'entity' | 'preference';
  target_id: string;
  block: string | null;
  commit_id: string | null;
  text: string;
  source: string | null;
  source_kind: string;
  source_id: string | null;
  since: string;
  trust: 'trusted' | 'untrusted';
  flags: string[];
  why: string[];
  cited: boolean;
  is_current: boolean;
  is_muted: boolean;
}

/** What could be remembered from an exchange. */
export interface Learned {
  id: string;
  message_id: string;
  text: string;
  category: string;
  origin: 'person' | 'answer';
  status: 'proposed' | 'kept' | 'declined';
  memory_id: string | null;
}

/** What filled the context of an answer, in tokens. */
export interface ContextUse {
  window: number;
  instruction: number;
  memory: number;
  talk: number;
  files: number;
  dropped: string[];
}
