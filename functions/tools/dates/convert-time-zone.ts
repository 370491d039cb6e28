import { z } from 'zod';
import { TimeZone } from '../../platform/time-zone.ts';
import { answer, tool } from '../tool.ts';
import { computeDates, Zone } from './date-arguments.ts';

/** Tells what clocks elsewhere show at a time. */
export const convertTimeZone = tool({
  name: 'convert_time_zone',
  description:
    'Converts a time to other time zones and returns each with its offset and day of the week. A time without an offset is read as clocks of from_zone show it; says so when it does not exist or exists twice there, because clocks change.',
  parameters: z.strictObject({
    time: z.string().min(1).max(50).meta({ description: '2026-11-30T14:00 or 2026-11-30T14:00Z' }),
    from_zone: Zone,
    to_zones: z
      .array(TimeZone.meta({ description: 'IANA time zone' }))
      .min(1)
      .max(20)
      .meta({ description: 'Such as ["America/New_York", "Asia/Tokyo"]' }),
  }),
  safeToRepeat: true,
  execute: ({ time, from_zone, to_zones }) =>
    computeDates(({ DateFault, readTime, writeTime, writeMoment }) => {
      const given = readTime(time, from_zone);
      if (given.kind === 'day') throw new DateFault('a day has no time; give a time such as 2026-11-30T14:00');
      const there = to_zones.map((zone) => writeMoment(given.moment.withTimeZone(zone)));
      return answer([writeTime(given), ...there].join('\n'));
    }),
});
