import { z } from 'zod';

/** A moment, with its zone. */
export const Instant = z.iso.datetime({ offset: true });

/** Asks for what was known at a moment in place of now. */
export const AsOf = Instant.optional().meta({
  description: 'As it was at this time, with its zone; now when left out',
});
