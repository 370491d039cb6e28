import { hash } from 'node:crypto';
import { z } from 'zod';
import { Instant } from '../../platform/instant.ts';

/** One turn of a session. */
export const Turn = z.strictObject({
  speaker: z.string().trim().min(1).max(200),
  /** With a time zone. Relative dates in the text ("yesterday") count from this time. */
  said_at: Instant,
  text: z.string().max(100_000),
  caption: z.string().max(10_000).optional().meta({ description: 'Describes the picture of the turn' }),
});
export type Turn = z.infer<typeof Turn>;

/** The folder of the archived sessions. */
export const ARCHIVE = 'sessions';

/**
 * Returns the path of an archived session. `day` is `YYYY-MM-DD`. An id with capitals gets a hash, because some disks
 * take `Standup` and `standup` for one name. No id contains `+`.
 */
export function archivePath(id: string, day: string): string {
  const unique = id === id.toLowerCase() ? id : `${id}+${hash('sha256', id, 'hex').slice(0, 8)}`;
  return `${ARCHIVE}/${day.slice(0, 7)}/${day}_${unique}.txt`;
}

/** Returns the text of an archived session: one turn after another, each with its time and speaker. */
export function archiveText(turns: readonly Turn[]): string {
  const lines = turns.map(({ speaker, said_at, text, caption }) => {
    const picture = caption === undefined ? '' : `\n  [picture: ${caption}]`;
    return `[${said_at}] ${speaker}: ${text}${picture}`;
  });
  return `${lines.join('\n')}\n`;
}
