import { z } from 'zod';
import type { ToolCallRequest, ToolResult } from '../../platform/models/model.ts';
import type { Fault, Page } from './read-tool.ts';
import { type Research, recordCall } from './research.ts';

/** More calls in one turn are answered with a word that they are too many. */
const MOST_CALLS = 8;
/** Runs the calls of one turn beside each other and shows their results in order. Whatever is wrong with a call is a result that the model reads. */
export async function runCalls(
  research: Research,
  turn: number,
  calls: readonly ToolCallRequest[],
): Promise<ToolResult[]> {
  const started = calls.map((call, index) => (index < MOST_CALLS ? start(research, turn, call) : TOO_MANY));
  const outcomes = await Promise.all(started.map(({ outcome }) => outcome));
  return calls.map((call, index): ToolResult => {
    const { id, name, arguments: parameters } = call;
    const isRepeat = started[index]?.isRepeat ?? false;
    const outcome = outcomes[index] ?? { fault: 'It was not run.' };
    return { id, name, ...recordCall(research, { turn, tool: name, arguments: parameters, isRepeat, outcome }) };
  });
}

interface Started {
  outcome: Page | Fault | Promise<Page | Fault>;
  isRepeat: boolean;
}

const TOO_MANY: Started = {
  outcome: { fault: `At most ${MOST_CALLS} calls in one turn; ask again for this one.` },
  isRepeat: false,
};

function start({ desk, tools, asked }: Research, turn: number, call: ToolCallRequest): Started {
  const refuse = (fault: string) => ({ outcome: { fault }, isRepeat: false });
  const tool = tools.find(({ name }) => name === call.name);
  if (tool === undefined) {
    return refuse(
      `There is no tool ${call.name.slice(0, 100)}. You have: ${tools.map(({ name }) => name).join(', ')}.`,
    );
  }
  const parsed = tool.parameters.safeParse(call.arguments);
  if (!parsed.success)
    return refuse(`The arguments of ${tool.name} are wrong:\n${z.prettifyError(parsed.error).slice(0, 1000)}`);
  const { why: _, ...parameters } = parsed.data;
  const key = `${tool.name} ${JSON.stringify(Object.entries(parameters).sort(([one], [other]) => (one < other ? -1 : 1)))}`;
  const before = asked.get(key);
  if (before !== undefined) {
    const where = before === turn ? 'in this turn' : `in turn ${before}`;
    return {
      outcome: { pieces: [], empty: `You asked this before, ${where}: its answer stands above.` },
      isRepeat: true,
    };
  }
  asked.set(key, turn);
  return { outcome: tool.read(parsed.data, desk), isRepeat: false };
}
