import { addMoney } from './exact-money.ts';
import { isLastEvent, type LogEvent, numberIn, type Run, type RunNode, textIn } from './run-event.ts';

/**
 * The state of a run and its nodes: the answer of `GET /runs/{id}` and the events that came after it. Pure. Sums are
 * kept as events come and never made while something is drawn.
 */
export interface RunState {
  /** The number of the last event that is in it. */
  seq: number;
  status: string;
  costUsd: string;
  /** What is set aside for calls under way. No event says it, so it is as old as the answer. */
  reservedUsd: string;
  tokens: number;
  /** When the first node started and the run ended, by the server's clock; null before. */
  startedAt: string | null;
  completedAt: string | null;
  nodes: ReadonlyMap<string, NodeState>;
}

export interface NodeState {
  id: string;
  worker: string;
  status: string;
  turns: number;
  /** The most turns that the node may take; null when it is not known. */
  maxTurns: number | null;
  costUsd: string;
  tokens: number;
  startedAt: string | null;
  completedAt: string | null;
  error: string | null;
  /** Whether a replay kept it from the run that it repeats. */
  isKept: boolean;
  dependsOn: readonly string[];
  /** What the node is doing, such as the call that runs. */
  doing: string | undefined;
}

/** Events after which the run is read again: they change what no event carries. */
const STRUCTURAL = new Set([
  'run_admitted',
  'run_replanned',
  'input_requested',
  'input_received',
  'node_completed',
  'node_failed',
  'node_skipped',
  'node_cancelled',
  'run_completed',
  'run_failed',
  'run_cancelled',
  'run_cost_exceeded',
]);

export function isStructural(events: readonly LogEvent[]): boolean {
  return events.some(({ type }) => STRUCTURAL.has(type));
}

/** Events around a model call of a run, which change what is reserved for it. */
const AROUND_CALLS = new Set(['node_started', 'turn_completed', 'tool_completed']);

/** Whether events tell that another amount is reserved. Only a run with a budget reserves. */
export function mayChangeReserved(run: Pick<Run, 'budget_usd'>, events: readonly LogEvent[]): boolean {
  return run.budget_usd !== null && events.some(({ type }) => AROUND_CALLS.has(type));
}

/** `before` knows what running nodes do, which the answer does not say. */
export function stateOf(run: Run, before?: RunState): RunState {
  return {
    seq: run.event_seq,
    status: run.status,
    costUsd: run.cost_usd,
    // Learning reserves after the end, and no event says when that is over.
    reservedUsd: run.completed_at === null ? run.reserved_usd : '0',
    tokens: run.tokens.total,
    startedAt: run.started_at,
    completedAt: run.completed_at,
    nodes: new Map(run.graph.nodes.map((node) => [node.id, nodeOf(node, before?.nodes.get(node.id)?.doing)])),
  };
}

function nodeOf(node: RunNode, doing: string | undefined): NodeState {
  return {
    id: node.id,
    worker: node.worker,
    status: node.status,
    turns: node.turns,
    maxTurns: node.max_turns,
    costUsd: node.cost_usd,
    tokens: node.tokens.total,
    startedAt: node.started_at,
    completedAt: node.completed_at,
    error: node.error,
    isKept: node.is_kept,
    dependsOn: node.depends_on,
    doing: node.status === 'running' ? doing : undefined,
  };
}

/** Applies events. Those that the state has already are left out. */
export function applyEvents(state: RunState, events: readonly LogEvent[]): RunState {
  const fresh = events.filter(({ seq }) => seq > state.seq).sort((one, other) => one.seq - other.seq);
  if (fresh.length === 0) return state;
  const nodes = new Map(state.nodes);
  let { status, costUsd, tokens, startedAt, completedAt, seq } = state;
  for (const event of fresh) {
    seq = event.seq;
    const id = textIn(event.data, 'node');
    const node = id === undefined ? undefined : nodes.get(id);
    if (node !== undefined) nodes.set(node.id, { ...node, ...changeOf(node, event) });
    if (event.type === 'turn_completed') {
      costUsd = addMoney(costUsd, textIn(event.data, 'cost_usd') ?? '0');
      tokens += tokensOf(event);
    }
    status = statusAfter(event.type) ?? status;
    if (event.type === 'node_started') startedAt ??= event.timestamp;
    if (isLastEvent(event.type)) completedAt ??= event.timestamp;
  }
  // Nothing is set aside when nobody works.
  const isWorking = completedAt === null && [...nodes.values()].some((node) => node.status === 'running');
  const reservedUsd = isWorking ? state.reservedUsd : '0';
  return { seq, status, costUsd, reservedUsd, tokens, startedAt, completedAt, nodes };
}

function changeOf(node: NodeState, event: LogEvent): Partial<NodeState> {
  switch (event.type) {
    case 'node_started':
      return { status: 'running', startedAt: node.startedAt ?? event.timestamp };
    case 'turn_completed':
      return {
        status: 'running',
        turns: Math.max(node.turns, (numberIn(event.data, 'turn') ?? 0) + 1),
        costUsd: addMoney(node.costUsd, textIn(event.data, 'cost_usd') ?? '0'),
        tokens: node.tokens + tokensOf(event),
        doing: undefined,
      };
    case 'tool_started':
      return { doing: textIn(event.data, 'tool') };
    case 'tool_completed':
      return { doing: undefined };
    case 'input_requested':
      return { status: 'waiting_input' };
    case 'input_received':
      return { status: 'running' };
    case 'node_completed':
      return { status: 'completed', completedAt: event.timestamp, doing: undefined };
    case 'node_failed':
      return { status: 'failed', completedAt: event.timestamp, error: event.message, doing: undefined };
    case 'node_skipped':
      return { status: 'skipped', completedAt: event.timestamp, doing: undefined };
    case 'node_cancelled':
      return { status: 'cancelled', completedAt: event.timestamp, doing: undefined };
    default:
      return {};
  }
}

function statusAfter(type: string): string | undefined {
  const statuses: Record<string, string> = {
    node_started: 'running',
    run_completed: 'completed',
    run_failed: 'failed',
    run_cancelled: 'cancelled',
    run_cost_exceeded: 'cost_exceeded',
  };
  return statuses[type];
}

function tokensOf({ data }: LogEvent): number {
  return (numberIn(data, 'input_tokens') ?? 0) + (numberIn(data, 'output_tokens') ?? 0);
}

/** Returns the nodes as they were at a moment, from their start and end. Their cost and turns then are not known. */
export function nodesAt(state: RunState, moment: number): NodeState[] {
  return [...state.nodes.values()].map((node) => {
    if (node.startedAt === null || Date.parse(node.startedAt) > moment) return { ...node, status: 'pending' };
    if (node.completedAt === null || Date.parse(node.completedAt) > moment)
      return { ...node, status: 'running', maxTurns: null };
    return node;
  });
}
