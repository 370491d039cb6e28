import { isDeepStrictEqual } from 'node:util';
import { type ModelMessage, ModelTurn, type ToolResult } from '../platform/models/model.ts';
import { ANSWER_AS_CALL } from './planning/planner-answer.ts';
import type { ToolCallRow, TurnRow } from './sql/turn.ts';

/** The recorded turns and tool calls of a node. */
export interface History<Call extends ToolCallRow = ToolCallRow> {
  turns: ModelTurn[];
  calls: Call[];
}

export function historyOf<Call extends ToolCallRow>(rows: readonly TurnRow[], calls: readonly Call[]): History<Call> {
  const turns = rows.map((row) => ModelTurn.parse(row.response));
  const faultOf = (call: ToolCallRow) => turns[call.turn]?.tool_calls[call.call_index]?.fault;
  return { turns, calls: calls.map((call) => ({ ...call, fault: faultOf(call) })) };
}

/** Returns the calls of the last turn that have no result yet, in their order. */
export function openCalls(history: History): ToolCallRow[] {
  const last = history.turns.length - 1;
  return history.calls.filter((call) => call.turn === last && call.status !== 'completed');
}

/**
 * Returns the conversation for the model: the prompt, then each turn with the results of its calls. It is built from
 * records only, so a turn that is asked again after a crash sees the same conversation.
 */
export function toMessages(prompt: string, history: History, turnLimit: number): ModelMessage[] {
  const messages: ModelMessage[] = [{ role: 'user', text: prompt }];
  const noted = withNotes(history.calls);
  for (const [turn, recorded] of history.turns.entries()) {
    const toolCalls = recorded.tool_calls.filter((call) => call.id !== ANSWER_AS_CALL);
    const results = noted.filter((call) => call.turn === turn).map(toResult);
    messages.push({ role: 'assistant', text: recorded.text, toolCalls, thinking: recorded.thinking });
    if (toolCalls.length > 0) messages.push({ role: 'tool', results });
    // This call was made from a planner's text and has no id of the provider, so its result is sent as text.
    else for (const result of results) messages.push({ role: 'user', text: result.output });
    // The model reads what was wrong with its answer instead of being asked the same again.
    if (recorded.fault !== undefined) messages.push({ role: 'user', text: recorded.fault });
  }
  const left = turnLimit - history.turns.length;
  if (left <= 2 && history.turns.length > 0) {
    messages.push({
      role: 'user',
      text: `You have ${left} ${left === 1 ? 'turn' : 'turns'} left. Finish now and give your final answer without calling a tool.`,
    });
  }
  return messages;
}

/** From this many same calls in a row on, a result says that it is the same. */
const SAME_IN_ROW = 5;

/**
 * Adds a note to results that repeat: a model that is caught in a loop sees only that its call went well, and repeats
 * it until its turns are used up.
 */
function withNotes(calls: readonly ToolCallRow[]): ToolCallRow[] {
  let inRow = 0;
  return calls.map((call, index) => {
    inRow = isSame(call, calls[index - 1]) ? inRow + 1 : 1;
    if (inRow < SAME_IN_ROW) return call;
    const note = `(Same call, same result, ${inRow} times in a row. Do not repeat it unless something has changed: use what you know, do something else, or finish.)`;
    return { ...call, output: `${call.output ?? ''}\n\n${note}` };
  });
}

function isSame(call: ToolCallRow, before: ToolCallRow | undefined): boolean {
  return (
    before?.name === call.name &&
    before.output === call.output &&
    // The database does not keep the order of the members.
    isDeepStrictEqual(before.arguments, call.arguments)
  );
}

function toResult(call: ToolCallRow): ToolResult {
  return { id: call.call_id, name: call.name, output: call.output ?? '', isError: call.is_error };
}
