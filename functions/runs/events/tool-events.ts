import { cutText } from '../../platform/cut-text.ts';
import type { CompletedOutcome } from '../../tools/tool.ts';
import { scriptedMark } from '../end-node.ts';
import type { ClaimedNode } from '../sql/claim.ts';
import type { ToolCallRow } from '../sql/turn.ts';
import { MEMORY_TOOLS } from '../turns/memory-tools.ts';
import type { RunEvent } from './event.ts';

/** The most characters of an output in an event; the detail of the turn has the whole output. */
const SHOWN = 2_000;

/** Returns the output as every reader of the run may see it. The detail of the turn shows the user their memory. */
function shownOutput(tool: string, output: string) {
  if (MEMORY_TOOLS.has(tool)) return { output: '', withheld: true };
  return { output: cutText(output, SHOWN), ...(output.length > SHOWN ? { truncated: true } : {}) };
}

/**
 * Returns the event that a call is the next one to run. It is written with the answer that made the call or with the
 * result of the call before, so it costs no transaction, and each call has one even when it is repeated after a crash.
 * A call that waits for a person or a message has started too.
 */
export function startOfCall(
  node: Pick<ClaimedNode, 'name' | 'worker'> & { provider: string },
  call: { turn: number; index: number; name: string; arguments: Record<string, unknown> },
): RunEvent {
  return {
    type: 'tool_started',
    level: 'debug',
    source: node.worker,
    message: `${call.name} ${describeArguments(call.arguments)}`.trim(),
    data: { node: node.name, turn: call.turn, index: call.index, tool: call.name, ...scriptedMark(node.provider) },
  };
}

/** Returns the events that a run's log shows for the result of a tool call. */
export function eventsOfCall(
  node: ClaimedNode,
  call: ToolCallRow,
  outcome: CompletedOutcome,
  durationMs: number,
): RunEvent[] {
  const facts = { ...outcome.facts, ...scriptedMark(node.provider) };
  const events: RunEvent[] = [
    {
      type: 'tool_completed',
      level: outcome.isError ? 'warning' : 'info',
      source: node.worker,
      message: `${call.name} ${describeArguments(call.arguments)}${outcome.isError ? ' failed' : ''}`,
      data: {
        node: node.name,
        turn: call.turn,
        index: call.call_index,
        tool: call.name,
        is_error: outcome.isError,
        duration_ms: durationMs,
        ...shownOutput(call.name, outcome.output),
        ...facts,
      },
    },
  ];
  if (call.name === 'send_message' && !outcome.isError) {
    events.push({
      type: 'message_sent',
      level: 'info',
      source: node.worker,
      message: `${node.worker} wrote to ${String(call.arguments.to)}`,
      data: {
        node: node.name,
        turn: call.turn,
        to: call.arguments.to,
        content: call.arguments.content,
        ...scriptedMark(node.provider),
      },
    });
  }
  return events;
}

/** Returns the argument that best describes a call, such as its path or command; never the content of a file. */
function describeArguments(parameters: Record<string, unknown>): string {
  const telling = parameters.command ?? parameters.path ?? parameters.to ?? parameters.query ?? parameters.url ?? '';
  return typeof telling === 'string' ? cutText(telling, 300) : '';
}
