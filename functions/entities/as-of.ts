import { Instant } from '../platform/instant.ts';

/** Asks for the state at a moment instead of the current state. */
export const AsOf = Instant.optional().meta({
  description: 'Returns the state as of this time, with time zone; the current state when omitted',
});
