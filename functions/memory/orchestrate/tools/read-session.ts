import { z } from 'zod';
import { MOST_TURNS } from '../../../entities/ingest/message.ts';
import { SessionId } from '../../../entities/ingest/transcript.ts';
import { listTurnsBetween } from '../../sql/orchestrated-search.ts';
import { turnItem } from '../page-items.ts';
import { readTool } from '../read-tool.ts';

const PAGE = 50;
const Place = z.int().min(0).max(MOST_TURNS);

/** Reads the turns of a session between two positions, such as those around a turn that a search found. */
export const readSession = readTool({
  name: 'read_session',
  description: 'Reads what was said in an archived session, turn by turn, from one turn to another.',
  kinds: ['turn'],
  parameters: {
    session_id: SessionId,
    from_turn: Place.default(0),
    to_turn: Place.default(MOST_TURNS),
  },
  read: async ({ session_id: sessionId, from_turn: from, to_turn: to }, { queryable, asOf }) => {
    const rows = await listTurnsBetween(queryable, { sessionId, from, to, asOf, limit: PAGE + 1 });
    const page = rows.slice(0, PAGE);
    return {
      items: page.map((row) => turnItem({ session_id: sessionId, ...row })),
      next: (shown) => {
        const next = rows[shown];
        return next === undefined ? undefined : { session_id: sessionId, from_turn: next.position, to_turn: to };
      },
      empty: 'There is no such session, or nothing was said in these turns.',
    };
  },
});
