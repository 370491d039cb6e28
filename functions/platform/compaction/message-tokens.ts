import { estimateImages, jsonOfMessages } from '../models/estimate-tokens.ts';
import type { ModelMessage } from '../models/model.ts';

type Measure = (text: string) => number;

/** Returns the tokens of a conversation: its text by the measure, its images by their size. */
export function countMessages(messages: readonly ModelMessage[], measure: Measure): number {
  return measure(jsonOfMessages(messages)) + messages.reduce((sum, message) => sum + estimateImages(message), 0);
}

/**
 * Returns a function that counts as {@link countMessages} does, or a little more: it measures each message once, and
 * rounds up for each.
 */
export function messageCounter(measure: Measure): (messages: readonly ModelMessage[]) => number {
  const known = new WeakMap<ModelMessage, number>();
  const sizeOf = (message: ModelMessage): number => {
    const before = known.get(message);
    if (before !== undefined) return before;
    // The brackets of the list stand for the comma between messages.
    const size = measure(jsonOfMessages([message])) + estimateImages(message);
    known.set(message, size);
    return size;
  };
  return (messages) => messages.reduce((sum, message) => sum + sizeOf(message), 0);
}
