import { z } from 'zod';
import { TimeZone } from '../../platform/time-zone.ts';
import { type CompletedOutcome, failure } from '../tool.ts';

export const DateText = z
  .string()
  .min(1)
  .max(50)
  .meta({ description: '2026-11-30, 2026-11-30T14:00 or 2026-11-30T14:00+01:00' });

export const Zone = TimeZone.default('UTC').meta({
  description: 'IANA time zone such as Europe/Berlin, for times without an offset',
});

/** Runs a computation with dates. Dates that do not exist, and results that do not fit, are failures for the model. */
export async function computeDates(
  compute: (zoned: typeof import('./zoned-time.ts')) => CompletedOutcome | Promise<CompletedOutcome>,
): Promise<CompletedOutcome> {
  const zoned = await import('./zoned-time.ts');
  try {
    return await compute(zoned);
  } catch (error) {
    if (error instanceof zoned.DateFault) return failure(`The date cannot be computed: ${error.message}.`);
    // Temporal throws RangeError for a result outside of its calendar.
    if (error instanceof RangeError) return failure('The date cannot be computed: the result is too far away.');
    throw error;
  }
}
