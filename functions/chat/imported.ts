import { z } from 'zod';
import type { Attachment } from './attachments.ts';
import { Part } from './chat.ts';

/** A conversation of another system. Its messages are one branch. */
export interface ImportedConversation {
  title: string;
  /** `provider/model`, when this product has the provider. */
  model: string | undefined;
  tags: string[];
  favorite: boolean;
  archived: boolean;
  createdAt: string;
  updatedAt: string;
  messages: ImportedMessage[];
}

export interface ImportedMessage {
  /** The place among the messages of the source, which names the message when it is imported again. */
  at: number;
  role: 'user' | 'assistant' | 'system';
  content: string;
  /** Of an answer: text, thinking and calls. No run has recorded them. */
  parts: Part[];
  attachments: Attachment[];
  model: string | null;
  createdAt: string;
  /** Changes when the source's message has changed. */
  hash: string;
}

/** What the metadata of an imported message keeps. */
const Imported = z.object({
  imported: z.object({ at: z.int(), hash: z.string(), model: z.string().nullable(), parts: z.array(Part) }),
});

/** Returns what an imported message was made of; undefined for any other message. */
export function importedOf(metadata: Record<string, unknown>): z.infer<typeof Imported>['imported'] | undefined {
  return Imported.safeParse(metadata).data?.imported;
}
