import { cutText } from '../../platform/cut-text.ts';
import type { Transaction } from '../../platform/database/database.ts';
import type { ModelTurn } from '../../platform/models/model.ts';
import { storableJson } from '../../platform/storable.ts';
import { startOfCall } from '../events/tool-events.ts';
import { NO_MODEL, startRun } from '../lifecycle/start.ts';
import { callGraph } from '../planning/graph.ts';
import { insertRecordedCall } from '../sql/call.ts';
import { appendEvents } from '../sql/event.ts';
import { CALLER, TakeCall } from './call.ts';

interface WantedCall {
  name: string;
  arguments: Record<string, unknown>;
  budget_usd?: number | undefined;
  allowed_hosts?: string[] | undefined;
}

/**
 * The most characters of a call as the `query` of its run. A URL in it is known to the run, see tools/web/known-url.ts.
 */
const SHOWN = 4_000;
const NODE = 'call';

/**
 * Starts the run of a call in the caller's transaction, with its only turn: as if a model had answered with this call.
 * @returns the run's id
 * @throws Problem 403 for a host that the tenant does not allow, 429
 */
export async function startCall(transaction: Transaction, wanted: WantedCall): Promise<string> {
  // Postgres cannot store every text.
  const given = storableJson(wanted.arguments) as Record<string, unknown>; // An object stays one.
  const call = { id: 'call_1', name: wanted.name, arguments: given };
  const { budget_usd, allowed_hosts } = wanted;
  const query = cutText(`${call.name} ${JSON.stringify(given)}`, SHOWN);
  const id = await startRun(
    transaction,
    { kind: 'call', query, team: [], agent_type: CALLER, budget_usd, allowed_hosts },
    callGraph(NODE, CALLER),
    {
      turnStep: TakeCall.step,
      choice: () => NO_MODEL,
      record: (runId, [node]) =>
        node === undefined ? [] : [insertRecordedCall(runId, node.id, { prompt: PROMPT, turn: turnOf(call), call })],
    },
  );
  const event = startOfCall({ name: NODE, worker: CALLER, provider: 'none' }, { ...call, turn: 0, index: 0 });
  await transaction.query(appendEvents(id, [event]));
  return id;
}

/** Stands where the prompt of a model stands, for those who read the run. */
const PROMPT = { system: 'A person calls a tool. No model takes part.', text: 'Call the tool.' };

function turnOf(call: ModelTurn['tool_calls'][number]): ModelTurn {
  const usage = { input_tokens: 0, output_tokens: 0, cached_tokens: 0 };
  return { text: '', tool_calls: [call], finish_reason: 'tool_calls', usage };
}
