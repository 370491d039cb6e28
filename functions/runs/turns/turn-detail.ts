import type { z } from 'zod';
import { cutText } from '../../platform/cut-text.ts';
import type { Reads } from '../../platform/http/endpoint-contract.ts';
import { type History, historyOf } from '../conversation.ts';
import { listNodeCalls, listNodeTurns } from '../sql/turn.ts';
import { findTurnNode, findTurnSummary, listPaidAttempts, listRemembered, listTurnEvents } from '../sql/turn-view.ts';
import { knownWorkerOf } from '../worker.ts';
import { contextParts } from './context-parts.ts';
import { MEMORY_TOOLS } from './memory-tools.ts';
import type { TurnDetail } from './turn-view.ts';

/** The most characters of an output or an answer. */
const MOST_OF_A_TEXT = 100_000;

type Detail = z.input<typeof TurnDetail>;
type Calls = Awaited<ReturnType<typeof listNodeCalls>>;
type Recorded = History<Calls[number]>;
type Events = Awaited<ReturnType<typeof listTurnEvents>>;

/**
 * Returns everything that is recorded about a turn of a node, and the context that the model got, which is rebuilt (see
 * `contextParts`). Returns undefined for a turn that is not recorded, as one that is still under way. Memory is shown
 * to the user who started the run only: it may hold what is private to them.
 */
export async function findTurnDetail(
  read: Reads,
  runId: string,
  name: string,
  turn: number,
): Promise<Detail | undefined> {
  const [summary, node] = await Promise.all([
    findTurnSummary(read, runId, name, turn),
    findTurnNode(read, runId, name),
  ]);
  if (summary === undefined || node === undefined) return undefined;
  const [turns, calls, events, paid] = await Promise.all([
    listNodeTurns(read, node.id, turn),
    listNodeCalls(read, node.id, turn),
    listTurnEvents(read, runId, name, turn),
    listPaidAttempts(read, runId, node.id, turn),
  ]);
  const history = historyOf(turns, calls);
  const before = { turns: history.turns.slice(0, turn), calls: history.calls.filter((call) => call.turn < turn) };
  const said = history.turns[turn]?.text ?? '';
  const prompt = node.prompt ?? { system: '', text: '' };
  const started = events.find((event) => event.type === 'node_started');
  const worker = knownWorkerOf(node);
  const { node_id: _, text: __, tool_calls: ___, ...fields } = summary;
  return {
    ...fields,
    said: { text: cutText(said, MOST_OF_A_TEXT), truncated: said.length > MOST_OF_A_TEXT },
    thinking: textOrNull(history.turns[turn]?.thinking?.text),
    tools: worker?.tools ?? [],
    told: contextParts({ runId, prompt, before, turnLimit: worker?.turns ?? Infinity, showsMemory: node.is_own }),
    tool_calls: callsOf(history, turn, events, node.is_own),
    memories_used: await memoriesOf(read, events),
    preferences_used: node.is_own ? textsOf(started?.data.preferences) : [],
    facts_learned: learnedOf(history, turn),
    files_written: filesOf(events),
    attempts: attemptsOf(events, paid),
    as_of: started?.created_at ?? null,
  };
}

function callsOf(history: Recorded, turn: number, events: Events, showsMemory: boolean): Detail['tool_calls'] {
  const requested = history.turns[turn]?.tool_calls ?? [];
  return requested.map((request, index) => {
    const call = history.calls.find((row) => row.turn === turn && row.call_index === index);
    const event = events.find((found) => found.type === 'tool_completed' && found.data.index === index);
    const duration = event?.data.duration_ms;
    const output = call?.output ?? null;
    const shown = output === null || (MEMORY_TOOLS.has(request.name) && !showsMemory) ? null : output;
    return {
      index,
      tool: request.name,
      arguments: call?.arguments ?? request.arguments,
      status: call?.status ?? 'not_run',
      output: shown === null ? null : cutText(shown, MOST_OF_A_TEXT),
      truncated: (shown?.length ?? 0) > MOST_OF_A_TEXT,
      is_error: call?.is_error ?? false,
      fault: request.fault ?? null,
      duration_ms: typeof duration === 'number' ? duration : null,
      attempts: call?.attempts ?? 0,
      started_at: call?.started_at ?? null,
      completed_at: call?.completed_at ?? null,
    };
  });
}

/** Returns the facts in the prompt, then those that the turn's calls of `recall` found, with the text of today. */
async function memoriesOf(read: Reads, events: Events): Promise<Detail['memories_used']> {
  const found = events.flatMap(({ type, data }) =>
    textsOf(data.memories).map((id) => ({ id, found_by: type === 'node_started' ? 'prompt' : String(data.index) })),
  );
  if (found.length === 0) return [];
  const known = new Map(
    (
      await listRemembered(
        read,
        found.map(({ id }) => id),
      )
    ).map((row) => [row.id, row]),
  );
  return found.map(({ id, found_by }) => {
    const { text = null, source = null, trust = null } = known.get(id) ?? {};
    return { id, found_by, text, source, trust };
  });
}

/** Returns the facts that calls of `remember` have kept. What is learned after the run belongs to no turn. */
function learnedOf(history: History, turn: number): Detail['facts_learned'] {
  return history.calls
    .filter((call) => call.turn === turn && call.name === 'remember' && call.status === 'completed' && !call.is_error)
    .map(({ call_index, arguments: { fact, category } }) => ({
      text: String(fact),
      category: typeof category === 'string' ? category : 'general',
      call: call_index,
    }));
}

const WRITING = ['write_file', 'edit_file', 'delete_file', 'run_command'];

/** Returns the paths that calls of the turn wrote or deleted, as their events name them. */
function filesOf(events: Events): string[] {
  const written = events.filter(({ data }) => WRITING.includes(String(data.tool)) && data.is_error === false);
  return [...new Set(written.flatMap(({ data }) => [...textsOf([data.path]), ...textsOf(data.paths)]))];
}

/**
 * Returns the attempts of the turn, oldest first: those that were paid, and those after which the turn was postponed,
 * with the reason. A failed attempt that cost nothing and was repeated at once is not recorded.
 */
function attemptsOf(events: Events, paid: Awaited<ReturnType<typeof listPaidAttempts>>): Detail['attempts'] {
  const attempts = [
    ...paid.map(({ kind, tokens, cost_usd, created_at }) => ({
      at: created_at,
      outcome: kind === 'turn' ? ('answered' as const) : ('failed' as const),
      error: null,
      tokens,
      cost_usd,
    })),
    ...events
      .filter(({ type }) => type === 'turn_postponed')
      .map(({ message, created_at }) => ({
        at: created_at,
        outcome: 'postponed' as const,
        error: message,
        tokens: null,
        cost_usd: null,
      })),
  ];
  return attempts.sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function textOrNull(text: string | undefined): string | null {
  return text === undefined || text.trim() === '' ? null : cutText(text, MOST_OF_A_TEXT);
}
