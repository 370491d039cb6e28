import { estimateImages, jsonOfMessages } from '../models/estimate-tokens.ts';
import type { ModelMessage } from '../models/model.ts';

type Measure = (text: string) => number;

/** Returns the tokens of a conversation with its images. */
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
    const size = known.get(message) ?? countMessages([message], measure) + 1;
    known.set(message, size);
    return size;
  };
  return (messages) => messages.reduce((sum, message) => sum + sizeOf(message), 0);
}
