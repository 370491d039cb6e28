import type { SandboxResult } from '../sandbox/sandbox.ts';
import { insertSecurityEvents, type SecurityAction, type SecurityEvent } from '../sql/security-log.ts';
import type { CompletedOutcome, ToolContext } from '../tool.ts';

/** The security events of a command: that it ran, how it ended, and which hosts it could not reach. */

export function commandEvent(
  action: SecurityAction,
  command: string,
  detail: Record<string, unknown> = {},
): SecurityEvent {
  return { action, code: command, detail };
}

const ACTIONS = {
  completed: 'sandbox_completed',
  timed_out: 'sandbox_timeout',
  limit_exceeded: 'sandbox_limit',
} as const;

/** Returns the events of a command that ran. */
export function eventsOf(
  command: string,
  result: Exclude<SandboxResult, { status: 'cancelled' | 'unavailable' }>,
): SecurityEvent[] {
  const { status, duration_ms, network } = result;
  const detail = {
    outcome: status,
    ...(status === 'completed' ? { exit_code: result.exit_code } : {}),
    ...(status === 'limit_exceeded' ? { limit: result.limit } : {}),
    duration_ms,
    ...(network ? { connections: network.connections, bytes: network.bytes } : {}),
  };
  const refused = (network?.refused ?? []).map((host) => commandEvent('host_refused', command, host));
  return [commandEvent(ACTIONS[status], command, detail), ...refused];
}

/** Adds the events to the statements of the outcome, so that they are stored with the call's result or not at all. */
export function withEvents(
  outcome: CompletedOutcome,
  { runId, worker, callKey }: ToolContext,
  events: readonly SecurityEvent[],
): CompletedOutcome {
  const detailed = events.map((event) => ({
    ...event,
    detail: { tool: 'run_command', ...event.detail, worker, call: callKey },
  }));
  return { ...outcome, statements: [...outcome.statements, insertSecurityEvents(runId, detailed)] };
}
