import { z } from 'zod';

/**
 * The name of a time zone as the IANA database has it, such as `Europe/Lisbon`. The runtime decides which names exist;
 * an offset such as `+02:00` is none.
 */
export const TimeZone = z
  .string()
  .max(100)
  .refine(isZone, 'must be a time zone such as Europe/Lisbon')
  .meta({ description: 'The time zone whose days are counted, such as `Europe/Lisbon`', examples: ['Europe/Lisbon'] });

function isZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
