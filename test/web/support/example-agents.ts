import { taskOf, waits } from '../../agents/bench.ts';
import { closing, seatOf, stance } from '../../agents/council/bench.ts';
import type { ScriptedAnswer, ScriptedRequest } from '../../support/scripted-provider.ts';
import { call, type Play } from '../../support/team-script.ts';

/** A tree of three agents, and a council that agrees in its second round but for one member. */

export const EXAMPLE_AGENT = {
  task: 'Find out which store is the cheapest for 4 TB of backups that are read once a month.',
  budget_usd: 0.5,
};
export const EXAMPLE_COUNCIL = {
  question: 'Should the reports of the notes app stay on Postgres, or move to a column store before the release?',
  options: ['Stay on Postgres', 'Move to a column store', 'Measure first'],
  budget_usd: 0.5,
};

const ANSWER = `Cold storage in one region is the cheapest for you.

| Store | 4 TB a month | One reading |
| - | - | - |
| Cold | $16 | $80 |
| Nearline | $40 | $40 |

The difference pays from the **second month** on.`;

function agentLine(request: ScriptedRequest): ScriptedAnswer {
  const turn = request.messages.filter(({ role }) => role === 'assistant').length;
  if (taskOf(request) !== EXAMPLE_AGENT.task)
    return { text: 'Both stores have a price list; reading is what differs.', usage: { input: 4_200, output: 310 } };
  if (turn === 0)
    return {
      text: 'I split the task.',
      toolCalls: [
        call('spawn_agent', { agent_type: 'researcher', task: 'Find the prices of storing and reading 4 TB.' }),
        call('spawn_agent', { agent_type: 'analyst', task: 'Compare what one reading a month adds.' }),
      ],
    };
  return turn === 1 ? waits() : { text: ANSWER, usage: { input: 6_100, output: 420 } };
}

const [STAY, MOVE, MEASURE] = ['Stay on Postgres', 'Move to a column store', 'Measure first'];
const FIRST: Record<string, string> = { Idealist: MOVE, Innovator: MOVE, Skeptic: MEASURE };
const STATEMENTS: Record<string, string> = {
  [STAY]: 'Keep what the team knows, and let the reports read from a nightly copy.',
  [MOVE]: 'Move now, before more is built on tables that were not made for reports.',
  [MEASURE]: 'Nobody has shown yet that the reports are slow for more than two people.',
};

function memberLine(request: ScriptedRequest): ScriptedAnswer {
  const { name, round } = seatOf(request);
  const position = round > 1 && name !== 'Skeptic' ? STAY : (FIRST[name] ?? STAY);
  return stance(position, {
    statement: STATEMENTS[position],
    confidence: name === 'Skeptic' ? 0.9 : 0.65,
    reasons: ['It can be undone within a day.', 'Two weeks are left, and nobody here has run another store.'],
    would_change: 'A report of last month that takes more than two seconds.',
    ...(round > 1 && FIRST[name] === MOVE
      ? { changed_because: 'The nightly copy gives what I wanted without a second system.' }
      : {}),
  });
}

const chairLine = (): ScriptedAnswer =>
  closing({
    agreements: ['A second system is a cost that somebody must carry.'],
    disagreements: ['Whether anything must be measured before the decision: the Skeptic stands alone.'],
    minority_report: 'The **Skeptic** holds that nothing should be built before the slow report is measured.',
    summary: 'The reports stay on Postgres.\n\n1. Make a nightly copy.\n2. Point the reports at it.',
  });

export const AGENT_PLAY: Play = { agent: [agentLine], councillor: [memberLine], chair: [chairLine] };
