import { z } from 'zod';
import type { Queryable } from '../platform/database/database.ts';
import { storableText } from '../platform/storable.ts';
import { insertMemoryTurns } from './sql/memory-session.ts';

/** One thing that somebody said in a session. */
export const Turn = z.strictObject({
  speaker: z.string().trim().min(1).max(200),
  /** With its zone: what "yesterday" in the text is counted from. */
  said_at: z.iso.datetime({ offset: true }),
  text: z.string().max(100_000),
  caption: z.string().max(10_000).optional().meta({ description: 'What a picture of the turn shows, in words' }),
});
export type Turn = z.infer<typeof Turn>;

export interface TurnsOfSession {
  tenantId: string;
  /** Whose session it is; the statements' own person. */
  userId: string;
  /** Of a row of `memory_sessions` that is there already. */
  sessionId: string;
  turns: readonly Turn[];
}

/**
 * Archives what was said in a session, in the order of `turns`, as evidence that a search finds and quotes. Twice the same session is once: positions that
 * are there stay as they are. Answers how many turns were new; 0 as well for a session that is not there or is another person's.
 */
export async function archiveTurns(queryable: Queryable, { turns, ...session }: TurnsOfSession): Promise<number> {
  if (turns.length === 0) return 0;
  return insertMemoryTurns(
    queryable,
    session,
    turns.map(({ speaker, said_at: saidAt, text, caption }, position) => ({
      position,
      speaker: storableText(speaker),
      saidAt,
      text: storableText(text),
      caption: caption === undefined ? undefined : storableText(caption),
    })),
  );
}
