import { sqlState } from '../platform/errors.ts';
import { log } from '../platform/log.ts';
import { type CompletedOutcome, callTool, failure, type Tool, type ToolOutcome } from '../tools/tool.ts';
import type { Claim } from './claim.ts';
import { scriptedMark } from './end-node.ts';
import type { RunEvent } from './event.ts';
import { appendEvents } from './sql/event.ts';
import { ringAfterMail } from './sql/message.ts';
import { updateAttemptsReset } from './sql/node.ts';
import { type ToolCallRow, updateToolCallCompleted, updateToolCallTried, updateToolCallWaiting } from './sql/turn.ts';

/**
 * Runs the open calls of a turn one after the other, in the model's order: later calls may build on earlier ones. Each result is recorded with its
 * effects before the next call starts, so a crash repeats at most the call that it interrupted.
 * @returns `asleep` when a call waits for a message: the claim is released then.
 */
export async function runTools(
  claim: Claim,
  calls: readonly ToolCallRow[],
  tools: readonly Tool[],
): Promise<'done' | 'asleep'> {
  for (const call of calls) {
    claim.signal.throwIfAborted();
    const startedAt = performance.now();
    for (let tries = 1; ; tries += 1) {
      const outcome = tries > MOST_TRIES ? failure(CONFLICT) : await runCall(claim, call, tools);
      if (outcome.status === 'waiting') {
        await sleepForMail(claim, call, outcome.wakeAt);
        return 'asleep';
      }
      if (outcome.status === 'asking') throw new Error('questions are not wired yet');
      if (await record(claim, call, outcome, Math.round(performance.now() - startedAt))) break;
    }
  }
  return 'done';
}

async function sleepForMail(claim: Claim, call: ToolCallRow, wakeAt: Date): Promise<void> {
  const { id, run_id: runId, worker } = claim.node;
  const seconds = Math.max(1, (wakeAt.getTime() - Date.now()) / 1000);
  await claim.commit([
    updateToolCallWaiting(id, call.turn, call.call_index),
    updateAttemptsReset(id),
    ringAfterMail(runId, id, worker, seconds),
  ]);
  await claim.stop();
}

/** Another worker changed the same files between a tool's look and its effect; then the tool looks again, this often. */
const MOST_TRIES = 3;
const CONFLICT = 'Others keep changing the same files. Read them again, and agree with the others who writes what.';

/** Records a result with its effects. False when the effects met a state that is not the one the tool saw; nothing is written then. */
async function record(
  claim: Claim,
  call: ToolCallRow,
  outcome: CompletedOutcome,
  durationMs: number,
): Promise<boolean> {
  try {
    await claim.commit([
      ...outcome.statements,
      updateToolCallCompleted(claim.node.id, call.turn, call.call_index, outcome.output, outcome.isError),
      appendEvents(claim.node.run_id, eventsOf(claim, call, outcome, durationMs)),
    ]);
    return true;
  } catch (error) {
    if (sqlState(error) === 'AF409' && outcome.statements.length > 0) return false;
    throw error;
  }
}

async function runCall(claim: Claim, call: ToolCallRow, tools: readonly Tool[]): Promise<ToolOutcome> {
  const { node } = claim;
  const mayRepeat = tools.find((tool) => tool.name === call.name)?.safeToRepeat ?? true;
  if (!mayRepeat) {
    if (call.attempts > 0)
      return failure(`It is unknown whether ${call.name} was done: it was interrupted. Check before you do it again.`);
    await claim.commit([updateToolCallTried(node.id, call.turn, call.call_index)]);
  }
  try {
    return await callTool(tools, call.name, call.arguments, {
      tenantId: claim.tenantId,
      userId: node.user_id,
      runId: node.run_id,
      worker: node.worker,
      callKey: `${node.id}:${call.turn}:${call.call_index}`,
      ...(call.status === 'waiting' ? { waitingSince: call.started_at } : {}),
      allowedHosts: node.allowed_hosts,
      database: claim.database,
      signal: claim.signal,
    });
  } catch (error) {
    claim.signal.throwIfAborted();
    log('warning', `the tool ${call.name} failed`, { run_id: node.run_id, error });
    return failure(`${call.name} failed for a reason of ours. You may try once more, or go on without it.`);
  }
}

function eventsOf({ node }: Claim, call: ToolCallRow, outcome: CompletedOutcome, durationMs: number): RunEvent[] {
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
        output: outcome.output.slice(0, 2_000),
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
      data: { to: call.arguments.to, content: call.arguments.content, ...scriptedMark(node.provider) },
    });
  }
  return events;
}

/** The one argument that tells a reader what a call was about; never a file's content. */
function describeArguments(parameters: Record<string, unknown>): string {
  const telling = parameters.command ?? parameters.path ?? parameters.to ?? parameters.query ?? '';
  return typeof telling === 'string' ? telling.slice(0, 300) : '';
}
