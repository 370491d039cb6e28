import { z } from 'zod';

/** The calendar of the database has no year 0. */
export const hasYear = (time: string): boolean => !time.startsWith('0000');

/** A moment, with its zone. */
export const Instant = z.iso.datetime({ offset: true }).refine(hasYear, 'must be of a year from 1 on');

/** Asks for what was known at a moment in place of now. */
export const AsOf = Instant.optional().meta({
  description: 'As it was at this time, with its zone; now when left out',
});
