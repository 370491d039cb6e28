import type { ModelMessage } from '../models/model.ts';

type Measure = (text: string) => number;

/** What an image costs at most. Providers charge by its size. */
const IMAGE_TOKENS = 1_600;

/** Returns the tokens of a conversation. The bytes of an image are not text: it counts {@link IMAGE_TOKENS}. */
export function countMessages(messages: readonly ModelMessage[], measure: Measure): number {
  const images = messages.reduce((sum, message) => sum + imagesOf(message), 0);
  return measure(JSON.stringify(messages.map(withoutImages))) + images * IMAGE_TOKENS;
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
    // One more for the comma between messages.
    const size = measure(JSON.stringify(withoutImages(message))) + 1 + imagesOf(message) * IMAGE_TOKENS;
    known.set(message, size);
    return size;
  };
  return (messages) => messages.reduce((sum, message) => sum + sizeOf(message), 0);
}

function withoutImages(message: ModelMessage): object {
  return imagesOf(message) === 0 ? message : { ...message, images: [] };
}

function imagesOf(message: ModelMessage): number {
  return 'images' in message && Array.isArray(message.images) ? message.images.length : 0;
}
