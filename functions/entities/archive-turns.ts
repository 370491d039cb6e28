import type { Queryable } from '../platform/database/database.ts';
import { storableText } from '../platform/storable.ts';
import type { Turn } from './files/archive.ts';
import { insertMemoryTurns } from './sql/memory-session.ts';

interface TurnsOfSession {
  tenantId: string;
  /** The user who owns the session. The statements run as this user. */
  userId: string;
  /** The id of an existing row of `memory_sessions`. */
  sessionId: string;
  turns: readonly Turn[];
}

/**
 * Archives the turns of a session in their order, so that search can find and quote them. Idempotent: existing
 * positions are not changed. Returns the number of new turns; 0 when the session does not exist or belongs to another
 * user.
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
