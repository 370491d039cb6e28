import { z } from 'zod';

/** PostgreSQL has no year 0. */
export const hasYear = (time: string): boolean => !time.startsWith('0000');

/** A moment with a time zone. */
export const Instant = z.iso.datetime({ offset: true }).refine(hasYear, 'must be of a year from 1 on');

/** Asks for the state at a moment instead of the current state. */
export const AsOf = Instant.optional().meta({
  description: 'Returns the state as of this time, with time zone; the current state when omitted',
});
