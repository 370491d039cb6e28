import type { Turn } from '../archive-turns.ts';

/** The folder of the archived sessions. */
export const ARCHIVE = 'sessions';

/** Returns the path of an archived session. `day` is `YYYY-MM-DD`. */
export function archivePath(id: string, day: string): string {
  return `${ARCHIVE}/${day.slice(0, 7)}/${day}_${id}.txt`;
}

/** Returns the text of an archived session: one turn after another, each with its time and speaker. */
export function archiveText(turns: readonly Turn[]): string {
  const lines = turns.map(({ speaker, said_at, text, caption }) => {
    const picture = caption === undefined ? '' : `\n  [picture: ${caption}]`;
    return `[${said_at}] ${speaker}: ${text}${picture}`;
  });
  return `${lines.join('\n')}\n`;
}
