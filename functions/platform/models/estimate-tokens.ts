import type { ModelRequest, Usage } from './model.ts';

/**
 * Characters in a token of dense text (code, JSON, Asian scripts). It is low on purpose: budgets rely on estimates that
 * are not too small.
 */
export const CHARACTERS_PER_TOKEN = 3;

/** Estimates the tokens of a text that no provider has counted. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** Estimates the input tokens of a request, for the reservation before the call. */
export function estimateInputTokens(request: Pick<ModelRequest, 'system' | 'messages' | 'tools'>): number {
  return estimateTokens(request.system + JSON.stringify(request.messages) + JSON.stringify(request.tools));
}

/**
 * Estimates the usage of a call for which the provider reported none, as many local servers do. Zero would disable
 * budgets.
 */
export function estimateUsage(request: ModelRequest, outputCharacters: number): Usage {
  return {
    input_tokens: estimateInputTokens(request),
    output_tokens: Math.ceil(outputCharacters / CHARACTERS_PER_TOKEN),
    cached_tokens: 0,
  };
}
