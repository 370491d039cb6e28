import type { ModelRequest, Usage } from './model.ts';

/** Characters in a token of dense text (code, JSON, Asian scripts). It is low on purpose: budgets rely on estimates that are not too small. */
export const CHARACTERS_PER_TOKEN = 3;

/** Tokens of a text when the provider does not count them. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** Tokens that a request will cost as input, for a reservation before the call. */
export function estimateInputTokens(request: Pick<ModelRequest, 'system' | 'messages' | 'tools'>): number {
  return estimateTokens(request.system + JSON.stringify(request.messages) + JSON.stringify(request.tools));
}

/** The usage of a call whose provider reported none (many local servers): estimated, because zero would switch budgets off. */
export function estimateUsage(request: ModelRequest, outputCharacters: number): Usage {
  return {
    input_tokens: estimateInputTokens(request),
    output_tokens: Math.ceil(outputCharacters / CHARACTERS_PER_TOKEN),
    cached_tokens: 0,
  };
}
