import { z } from 'zod';
import { answer, type Tool, tool } from '../tool.ts';

/**
 * Tells the time in a time zone. Uses the clock of this process, because no decision of ours depends on it and a query
 * to the database would cost a round trip. The answer is recorded with the call, so a repeated turn reads the same
 * time.
 */
export const createCurrentTime = (now: () => Date = () => new Date()): Tool =>
  tool({
    name: 'current_time',
    description: 'Returns the current date and time in a time zone, with the day of the week and the offset from UTC.',
    parameters: z.strictObject({
      time_zone: z
        .string()
        .max(100)
        .refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin, or UTC')
        .default('UTC')
        .meta({ description: 'IANA time zone such as Europe/Berlin. The default is UTC.' }),
    }),
    safeToRepeat: true,
    execute: async ({ time_zone: timeZone }) => answer(describeTime(now(), timeZone)),
  });

export const currentTime = createCurrentTime();

/** Writes a time as `2026-11-21T04:20:00+01:00 (Saturday, Europe/Berlin)`. */
function describeTime(moment: Date, timeZone: string): string {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(moment)
      .map(({ type, value }) => [type, value]),
  );
  const offset = (parts.timeZoneName ?? '').replace('GMT', '').replace('−', '-');
  const day = `${parts.year}-${parts.month}-${parts.day}`;
  return `${day}T${parts.hour}:${parts.minute}:${parts.second}${offset === '' ? '+00:00' : offset} (${parts.weekday}, ${timeZone})`;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'long',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  });
}

function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}
