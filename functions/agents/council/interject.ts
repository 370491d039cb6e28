import type { Transaction } from '../../platform/database/database.ts';
import { Problem } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import { appendEvents } from '../../runs/events/follow-run.ts';
import { type CouncilRow, insertInterjection } from '../sql/council.ts';
import { requireOpenCouncil } from './find-council.ts';

/**
 * Adds what the caller says to the next round of a council. The run stays locked, so a chair that closes the round
 * under way decides before or after, and knows it.
 * @throws Problem 404, 409 when no round follows
 */
export async function interject(transaction: Transaction, councilId: string, text: string): Promise<void> {
  const council = await requireOpenCouncil(transaction, councilId);
  const why = reasonToRefuse(council);
  if (why !== undefined) throw new Problem('conflict', why);
  const id = createId('itj');
  const round = council.round + 1;
  await transaction.queryAll([
    insertInterjection({ id: councilId, round }, id, text),
    appendEvents(council.run_id, [
      {
        type: 'council_interjected',
        level: 'info',
        source: 'system',
        message: `A person spoke to round ${round}`,
        data: { round, id, text },
      },
    ]),
  ]);
}

/** The most interjections to a council: every later prompt contains them. */
const MOST_INTERJECTIONS = 20;

function reasonToRefuse({ mode, round, rounds, held, interjections }: CouncilRow): string | undefined {
  if (mode === 'vote') return 'A vote has one round, so nobody would read this.';
  // The chair of the newest round has ended the council, and the run is about to end.
  if (round >= rounds || held.at(-1)?.positions !== null)
    return `Round ${round} is the last one, so nobody would read this.`;
  if (interjections.length < MOST_INTERJECTIONS) return undefined;
  return `A council takes at most ${MOST_INTERJECTIONS} interjections.`;
}
