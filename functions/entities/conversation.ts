import { z } from 'zod';
import { storableText } from '../platform/storable.ts';

const Said = z.strictObject({ speaker: z.string().max(200).optional(), text: z.string().max(100_000) });

/** A conversation so far, as one text or as turns. */
export const Conversation = z.union([z.string().max(200_000), z.array(Said).max(2000)]);
export type Conversation = z.infer<typeof Conversation>;

/**
 * Returns the last `characters` of a conversation, which say best what it is about now. With `named`, each turn starts
 * with its speaker.
 */
export function endOf(conversation: Conversation, characters: number, named = false): string {
  if (typeof conversation === 'string') return storableText(conversation.slice(-characters));
  const lines = conversation.map(({ speaker, text }) => (named && speaker ? `${speaker}: ${text}` : text));
  return storableText(lines.join('\n').slice(-characters));
}
