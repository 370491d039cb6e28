import type { Strategy } from './strategy.ts';

/**
 * Leaves the conversation whole: the provider clears old tool results before the model reads them. Only Claude does it
 * without taking the conversation over: OpenAI's compaction is an item that only its Responses API reads.
 */
export const provider: Strategy = {
  name: 'provider',
  reduce: (_, { input }) => (input.hasProviderEdits ? { leaveToProvider: true } : { skip: 'not_available' }),
};
