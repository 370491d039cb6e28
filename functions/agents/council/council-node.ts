import { markedInstruction } from '../../platform/models/guard-answer.ts';
import { ModelError } from '../../platform/models/model.ts';
import { readPrompt } from '../../platform/models/read-prompt.ts';
import type { Claim } from '../../runs/claim.ts';
import { toMessages } from '../../runs/conversation.ts';
import type { NodeKind, Prompt } from '../../runs/node-kind.ts';
import { storePrompt } from '../../runs/store-prompt.ts';
import type { Tool } from '../../tools/tool.ts';
import { type CouncilRow, findCouncilOfRun } from '../sql/council.ts';
import { closeRound } from './close-round.ts';
import { TakeCouncilTurn } from './council.ts';
import { seatOf } from './rounds.ts';
import { submitStance } from './submit-stance.ts';
import { tellChair, tellMember } from './tell-council.ts';

/** The most turns of a member or a chair. It hands over with the first; in the others it mends its faults. */
const MOST_TURNS = 8;
const MEMBER = new URL('./member.md', import.meta.url);
const CHAIR = new URL('./chair.md', import.meta.url);

/** A member of a council in a round, or the chair of a round. It ends with the one call that hands over its result. */
export const COUNCIL: NodeKind = {
  task: TakeCouncilTurn,
  prepare,
  tools: async (claim) => [toolOf(claim, await councilOf(claim))],
  // The note of the engine about the last turns asks for an answer without a call, which nobody reads here.
  messages: async (_claim, { prompt, history }) => toMessages(prompt.text, history, Number.MAX_SAFE_INTEGER),
  live: { gatherMs: 200, isKept: false },
  turnLimit: () => MOST_TURNS,
  checkAnswer: ({ name }, turn) => {
    if (turn.tool_calls.length > 0 || turn.finish_reason !== 'stop' || turn.fault !== undefined) return turn;
    const tool = seatOf(name).agent === undefined ? 'close_round' : 'submit_stance';
    return { ...turn, fault: `Nobody reads this text. Hand over with one call of ${tool}.` };
  },
};

/** @throws ModelError for a chair to whom no member has said anything, which ends its node and the council */
async function prepare(claim: Claim): Promise<Prompt> {
  const { node } = claim;
  const { round, agent } = seatOf(node.name);
  const council = await councilOf(claim);
  if (agent === undefined && !council.stances.some((stance) => stance.round === round))
    throw new ModelError('rejected', `no member gave a stance in round ${round}`);
  const instruction = await readPrompt(agent === undefined ? CHAIR : MEMBER);
  const prompt = {
    system: markedInstruction(instruction, node.run_id),
    text: agent === undefined ? tellChair(council, round) : tellMember(council, { round, agent }),
  };
  await storePrompt(claim, prompt, { facts: { round, ...(agent === undefined ? {} : { agent }) }, statements: [] });
  return prompt;
}

function toolOf({ node }: Claim, council: CouncilRow): Tool {
  const { round, agent } = seatOf(node.name);
  return agent === undefined ? closeRound(council, round) : submitStance(council, { round, agent });
}

/** The council of each claim. What a node reads of it is final before the node starts. */
const councils = new WeakMap<Claim, Promise<CouncilRow>>();

function councilOf(claim: Claim): Promise<CouncilRow> {
  const known = councils.get(claim) ?? findCouncilOfRun(claim.database, claim.node.run_id);
  councils.set(claim, known);
  return known;
}
