import type { ModelMessage, ModelRequest } from './model.ts';
import type { ModelImage } from './model-image.ts';

/** Characters in a token where only their number is known. It is low on purpose: budgets rely on estimates. */
export const CHARACTERS_PER_TOKEN = 3;

/**
 * Tokens of a character, by the first UTF-16 code after its group. Measured with OpenAI's o200k_base on prose in 12
 * languages, code and JSON: the estimate is 0.9 to 1.3 times the count, where a fixed number of characters gave 0.4
 * (Chinese, Japanese) to 1.5 (English).
 */
const TOKENS_PER_CODE: readonly (readonly [end: number, tokens: number])[] = [
  [0x0370, 0.7], // Latin letters with marks
  [0x0900, 0.4], // Greek, Cyrillic, Hebrew, Arabic
  [0x1e00, 0.45], // Indic scripts, Thai, Lao, Burmese, Khmer
  [0x2000, 0.7], // Latin and Greek letters with marks
  [0x2e80, 1], // signs
  [0xd800, 0.9], // Han, kana, Hangul
  [0x10000, 1], // halves of emoji and rare characters, full-width forms
];
const LETTER_OR_SPACE = 0.25;
const DIGIT = 0.6;
const SIGN = 0.45;

const TOKENS_OF_ASCII = Float64Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[a-z\s]/i.test(character)) return LETTER_OR_SPACE;
  return /\d/.test(character) ? DIGIT : SIGN;
});

/** Estimates the tokens of a text that no provider has counted. */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    tokens += TOKENS_OF_ASCII[code] ?? TOKENS_PER_CODE.find(([end]) => code < end)?.[1] ?? 1;
  }
  // Sums of decimal fractions end a little above whole numbers.
  return Math.max(0, Math.ceil(tokens - 1e-6));
}

/** Estimates the input tokens of a request, for the reservation before the call. */
export function estimateInputTokens(request: Pick<ModelRequest, 'system' | 'messages' | 'tools'>): number {
  return estimateTokens(request.system + JSON.stringify(request.tools)) + estimateMessages(request.messages);
}

/** Estimates the tokens of messages with their images. */
export function estimateMessages(messages: readonly ModelMessage[]): number {
  return estimateTokens(jsonOfMessages(messages)) + messages.reduce((sum, message) => sum + estimateImages(message), 0);
}

/** Estimates the tokens of the images of a message. */
export function estimateImages(message: ModelMessage): number {
  const images = message.role === 'user' ? (message.images ?? []) : [];
  return images.reduce((sum, image) => sum + estimateImage(image), 0);
}

/** Returns messages as JSON without their images, which are megabytes of base64 and not text. */
export function jsonOfMessages(messages: readonly ModelMessage[]): string {
  return JSON.stringify(
    messages.map((message) => (message.role === 'user' ? { role: message.role, text: message.text } : message)),
  );
}

const PIXELS_PER_TOKEN = 750;
/** Gemini 3 counts about 1,100 tokens for an image of any size. */
const LEAST_IMAGE_TOKENS = 1_120;
/** No provider counts more: OpenAI scales to 10,000 patches of 32 px, at up to 1.62 tokens each (GPT-5 mini). */
const MOST_IMAGE_TOKENS = 16_200;

/**
 * Estimates the tokens of an image, for whichever provider takes it. One token for 750 pixels is Claude's documented
 * figure, and more than OpenAI's (853 pixels for GPT-6). Claude scales an image down to 4,000 tokens, so for its
 * largest images the estimate is up to four times the count. It is high on purpose: budgets rely on it.
 */
function estimateImage({ width, height }: Pick<ModelImage, 'width' | 'height'>): number {
  return Math.min(MOST_IMAGE_TOKENS, Math.max(LEAST_IMAGE_TOKENS, Math.ceil((width * height) / PIXELS_PER_TOKEN)));
}
