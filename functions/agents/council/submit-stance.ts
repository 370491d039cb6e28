import { z } from 'zod';
import { unescapeShown } from '../../platform/models/show-as-data.ts';
import { appendEvents } from '../../runs/events/follow-run.ts';
import { answer, failure, type Tool, tool } from '../../tools/tool.ts';
import { type CouncilRow, insertStance, type StanceRow } from '../sql/council.ts';
import { memberNode } from './rounds.ts';
import { isSamePosition } from './tally.ts';

const sentence = z.string().trim().min(1).max(400);

function Stance<Position extends z.ZodType<string>>(position: Position) {
  return z.strictObject({
    position,
    statement: sentence.describe('What you hold, in one sentence'),
    confidence: z.number().min(0).max(1).describe('How probable it is that your position is the best one'),
    reasons: z.array(z.string().trim().min(1).max(300)).min(1).max(5),
    would_change: sentence.describe('The fact or result that would change your mind'),
    changed_because: sentence
      .optional()
      .describe('Only when your position differs from your last one: the reason that convinced you'),
  });
}

/** A member's answer to an open question. */
const Answer = z.string().trim().min(1).max(120).describe('Your answer in a few words');

/** Takes an option also with other case or as it is escaped in the prompt, and returns it as the council has it. */
function Option(options: readonly string[]) {
  return z.string().transform((text, context) => {
    const option = options.find((candidate) => isSamePosition(candidate, unescapeShown(text)));
    if (option !== undefined) return option;
    context.addIssue(`must be one of the options: ${options.map((known) => `“${known}”`).join(', ')}`);
    return z.NEVER;
  });
}

/** The only tool of a member: it hands over the member's stance and ends its node. */
export function submitStance(council: CouncilRow, { round, agent }: { round: number; agent: string }): Tool {
  const last = council.stances.findLast((stance) => stance.agent === agent && stance.round < round);
  return tool({
    name: 'submit_stance',
    description: 'Hands over your stance in this round and ends your part in it.',
    parameters: Stance(council.options === null ? Answer : Option(council.options)),
    ...(council.options && { shownParameters: Stance(z.enum(council.options).describe('Exactly one of the options')) }),
    safeToRepeat: true,
    execute: async ({ changed_because: because, ...stance }) => {
      const hasChanged = last !== undefined && !isSamePosition(last.position, unescapeShown(stance.position));
      if (hasChanged && because === undefined)
        return failure(
          `Your position was “${last.position}”. Say in changed_because what convinced you, or repeat your position word for word.`,
        );
      const change = hasChanged ? { from: last.position, reason: because ?? '' } : null;
      const row: StanceRow = {
        ...stance,
        round,
        agent,
        changed_from: change?.from ?? null,
        changed_because: change?.reason ?? null,
      };
      return answer('Your stance is recorded.', {
        statements: [
          insertStance(council.id, row),
          appendEvents(council.run_id, [
            {
              type: 'stance_submitted',
              level: 'info',
              source: agent,
              message: `${agent}: ${stance.position}`,
              data: { node: memberNode(round, agent), round, agent, ...stance, change },
            },
          ]),
        ],
        ends: { status: 'completed', result: `${agent} holds “${stance.position}”: ${stance.statement}` },
      });
    },
  });
}
