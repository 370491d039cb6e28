import type { Strategy } from './strategy.ts';

/** Changes nothing: a conversation that is too long is an error, and the user decides. */
export const none: Strategy = { name: 'none', reduce: (draft) => ({ draft }) };
