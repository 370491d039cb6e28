import { z } from 'zod';
import { storableText } from '../platform/storable.ts';

const Said = z.strictObject({ speaker: z.string().max(200).optional(), text: z.string().max(100_000) });

/** What was said so far, as one text or turn by turn. */
export const Conversation = z.union([z.string().max(200_000), z.array(Said).max(2000)]);
export type Conversation = z.infer<typeof Conversation>;

/** The end of a conversation, which says what it is about: at most so many characters, each turn with its speaker where `named`. */
export function endOf(conversation: Conversation, characters: number, named = false): string {
  if (typeof conversation === 'string') return storableText(conversation.slice(-characters));
  const lines = conversation.map(({ speaker, text }) => (named && speaker ? `${speaker}: ${text}` : text));
  return storableText(lines.join('\n').slice(-characters));
}
