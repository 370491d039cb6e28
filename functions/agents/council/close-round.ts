import { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import { appendEvents } from '../../runs/events/follow-run.ts';
import { answer, failure, type Tool, tool } from '../../tools/tool.ts';
import { type CouncilRow, findCouncilOfRun, closeRound as writeClosing } from '../sql/council.ts';
import type { Position } from './council.ts';
import { beginRound, chairNode } from './rounds.ts';
import { endAfterRound, faultsOfGrouping, groupByPosition, type Standing, standingOf } from './tally.ts';

const points = z.array(z.string().trim().min(1).max(400)).max(8);
const Closing = z.strictObject({
  agreements: points.describe('What all who spoke to it share'),
  disagreements: points.describe('What separates the positions, and who stands where'),
  minority_report: z
    .string()
    .trim()
    .min(1)
    .max(2_000)
    .optional()
    .describe('The best case of those who hold another position than the largest group; left out when there is nobody'),
  summary: z.string().trim().min(1).max(3_000).describe('Where the council stands, and what would settle what is open'),
});
const Group = z.strictObject({
  label: z.string().trim().min(1).max(120).describe('The position in a few words'),
  statement: z.string().trim().min(1).max(400).describe('What the group holds, in one sentence'),
  agents: z.array(z.string().trim()).describe('The names of its members'),
});
const GroupedClosing = Closing.extend({
  positions: z.array(Group).min(1).max(8).describe('The members grouped by what they mean'),
});

/**
 * The only tool of the chair: it closes the round, and ends the council or begins the next round, in the transaction
 * that ends the chair's node. Between options the members are counted; positions of an open question are grouped by the
 * chair, and a grouping that forgets or repeats a member is returned with its faults.
 */
export function closeRound(council: CouncilRow, round: number): Tool {
  const stances = council.stances.filter((stance) => stance.round === round);
  const members = stances.map(({ agent }) => agent);
  const close = (closing: z.output<typeof Closing>, positions: Position[], database: Queryable) =>
    decide(council, { ...closing, round, standing: standingOf(positions, council.agents.length) }, database);
  const common = {
    name: 'close_round',
    description: 'Closes the round with your summary. Answers its faults if it has any; mend them and call it again.',
    safeToRepeat: true,
  };
  if (council.options !== null)
    return tool({
      ...common,
      parameters: Closing,
      execute: (closing, { database }) => close(closing, groupByPosition(stances), database),
    });
  return tool({
    ...common,
    parameters: GroupedClosing,
    execute: async ({ positions, ...closing }, { database }) => {
      const faults = faultsOfGrouping(positions, members);
      if (faults.length > 0)
        return failure(`The round is not closed:\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
      return close(closing, positions, database);
    },
  });
}

type Decided = z.output<typeof Closing> & { round: number; standing: Standing };

/** Interjections are read with each try: one that comes in between fails the transaction, and the call repeats. */
async function decide(council: CouncilRow, { round, standing, ...closing }: Decided, database: Queryable) {
  const { interjections } = await findCouncilOfRun(database, council.run_id);
  const waiting = interjections.filter((interjection) => interjection.round === round + 1).length;
  const ends = endAfterRound(standing, { ...council, round, hasInterjections: waiting > 0 });
  const { positions, score, isTie } = standing;
  const closed = { ...closing, minority_report: closing.minority_report ?? null, round, positions, score };
  return answer('The round is closed.', {
    statements: [
      writeClosing({ id: council.id, interjections: waiting, ends }, closed),
      appendEvents(council.run_id, [
        {
          type: 'round_closed',
          level: 'info',
          source: 'chair',
          message: `Round ${round} is over: ${Math.round(score * 100)} % at the largest position`,
          data: { node: chairNode(round), ...closed, is_tie: isTie, ends: ends ?? null },
        },
      ]),
      ...(ends === undefined ? beginRound(council, round + 1) : []),
    ],
    ends: { status: 'completed', result: closing.summary },
  });
}
