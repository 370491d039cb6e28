import { parseJson } from '../../platform/http/body.ts';
import { DELTA_CHANNEL, Delta, EVENT_CHANNEL, type LogLine } from '../../runs/events/event.ts';
import { eventsAfter, findLastSeq } from '../../runs/events/follow-run.ts';
import { RunId } from '../../runs/run.ts';
import type { ChannelKind, NumberedFrame } from './channel-kind.ts';

/** `run:<id>`: the events of a run, with the numbers of its log and of `GET /runs/{id}/events`. */
export const runChannel: ChannelKind = {
  prefix: 'run',
  access: 'runs:read',
  isId: (id) => RunId.safeParse(id).success,
  authorise: (read, _caller, id) => findLastSeq(read, id),
  listAfter: async (read, id, page) => (await eventsAfter(read, id, page)).map((line) => toFrame(id, line)),
  notifications: {
    events: EVENT_CHANNEL,
    transient: {
      channel: DELTA_CHANNEL,
      read: (payload) => {
        const delta = Delta.safeParse(parseJson(payload));
        if (!delta.success) return undefined;
        const { text, kind, ...rest } = delta.data;
        const type = kind === 'text' ? 'token' : 'thinking';
        return { id: rest.run_id, frame: { type, content: text, ...rest } };
      },
    },
  },
};

/** The state that a node or the run has after an event. */
const STATUS_AFTER: Readonly<Record<string, string>> = {
  run_started: 'queued',
  run_admitted: 'queued',
  input_requested: 'waiting_input',
  input_received: 'running',
  node_started: 'running',
  node_completed: 'completed',
  node_failed: 'failed',
  node_skipped: 'skipped',
  run_completed: 'completed',
  run_failed: 'failed',
  run_cancelled: 'cancelled',
  run_cost_exceeded: 'cost_exceeded',
};

function toFrame(runId: string, { seq, type, ...line }: LogLine): NumberedFrame {
  return { seq, frame: { ...namedFields(type, line.data), run_id: runId, event: type, ...line } };
}

/** Returns the name of the frame and the fields that clients of this protocol read. `data` has everything. */
function namedFields(type: string, data: LogLine['data']): { type: string } & Record<string, unknown> {
  const call = `${data.node}/${data.turn}/${data.index}`;
  if (type === 'tool_started') return { type: 'tool_start', id: call, tool: data.tool, node: data.node };
  if (type === 'tool_completed') {
    const { tool, node, is_error, output: result } = data;
    return { type: 'tool_complete', id: call, tool, node, is_error, result };
  }
  const status = STATUS_AFTER[type];
  return status === undefined ? { type: 'event' } : { type: 'agent_update', node: data.node ?? null, status };
}
