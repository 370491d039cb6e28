import { z } from 'zod';
import { answer, failure, tool } from '../tool.ts';
import { computeDates, DateText, Zone } from './date-arguments.ts';
import type { FoundDate } from './read-dates.ts';

/**
 * Finds dates in English text. Two readings of the same text are compared, so a date such as 05/06/2026 is never
 * decided silently. Uses the clock of this process; the answer is recorded with the call, so a repeated turn reads the
 * same day.
 */
export const createParseDate = (now: () => Date = () => new Date()) =>
  tool({
    name: 'parse_date',
    description:
      'Finds the dates and times in English text (next Friday at 5pm, 3 to 5 June, 2 weeks ago, 05/06/2026) and returns each in ISO 8601 with what was assumed. Names both readings of a date whose order of day and month is not clear, unless day_first decides.',
    parameters: z.strictObject({
      text: z.string().min(1).max(500).meta({ description: 'A date, or a sentence with dates' }),
      reference: DateText.optional().meta({
        description: 'The day or time that "tomorrow" counts from. Default: now.',
      }),
      time_zone: Zone,
      day_first: z.boolean().optional().meta({ description: 'true: 05/06 is 5 June. false: 05/06 is 6 May.' }),
    }),
    safeToRepeat: true,
    execute: ({ text, reference, time_zone: zone, day_first: dayFirst }) =>
      computeDates(async () => {
        const { readDates } = await import('./read-dates.ts');
        const found = readDates(text, { reference, zone, now: now(), dayFirst });
        if (found.length === 0) return failure('There is no date in the text, or it does not exist.');
        return answer(found.map(describe).join('\n'));
      }),
  });

export const parseDate = createParseDate();

function describe({ words, meaning, otherMeaning }: FoundDate): string {
  const shown = JSON.stringify(words);
  if (otherMeaning === undefined) return `${shown}: ${meaning}`;
  return `${shown} is ambiguous: ${meaning} if the month comes first, ${otherMeaning} if the day comes first. Ask, or set day_first.`;
}
