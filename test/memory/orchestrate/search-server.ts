import { expect } from 'vitest';
import { addMemory } from '../../../functions/memory/endpoints/add-memory.ts';
import { orchestratedSearch } from '../../../functions/memory/endpoints/orchestrated-search.ts';
import { closeDatabase, openDatabase } from '../../../functions/platform/database/open.ts';
import { environment } from '../../../functions/platform/environment.ts';
import { unitsOf } from '../../../functions/platform/models/dollars.ts';
import { asOwner, type Person } from '../../entities/people.ts';
import { startScriptedGemini } from '../../support/scripted-gemini.ts';
import type {
  ScriptedAnswer,
  ScriptedCall,
  ScriptedHandler,
  ScriptedRequest,
} from '../../support/scripted-provider.ts';
import { startServer } from '../../support/server.ts';
import { refOf } from './fixtures.ts';

export type Scripted = ScriptedAnswer | ((request: ScriptedRequest) => ScriptedAnswer | Promise<ScriptedAnswer>);

export const PATH = '/api/v1/memory/orchestrated-search';

export type SearchServer = Awaited<ReturnType<typeof startSearchServer>>;

/**
 * Serves the endpoint over HTTP, with a scripted Gemini behind the real SDK. The last answer of a script is repeated.
 */
export async function startSearchServer() {
  let answers: Scripted[] = [];
  const gemini = await startScriptedGemini({ answer: (request, index) => follow(request, index) });
  let faults: unknown[] = [];
  const follow: ScriptedHandler = async (request) => {
    const next = answers.length > 1 ? answers.shift() : answers[0];
    try {
      return await (typeof next === 'function' ? next(request) : (next ?? { text: 'nothing was scripted' }));
    } catch (error) {
      // The product would handle it as a failure of the model and retry; it is a failure of the test.
      faults.push(error);
      throw error;
    }
  };
  // Providers read the settings when they are opened, which happens later.
  environment.GEMINI_API_KEY = 'scripted-key';
  environment.GOOGLE_GEMINI_BASE_URL = gemini.url;
  const patience = environment.MODEL_TIMEOUT_SECONDS;
  const database = await openDatabase();
  const server = await startServer([orchestratedSearch, addMemory]);

  /** Returns what the ledger of a tenant contains, and how many reservations are open. */
  async function billOf({ tenantId }: Person) {
    const [row] = await asOwner(database, (transaction) =>
      transaction.query<{ cost: string; lines: number; reserved: number }>({
        name: 'test_bill',
        text: `select trim_scale(coalesce(sum(cost), 0))::text as cost, count(*)::int as lines,
            (select count(*)::int from call_reservations where tenant_id = $1) as reserved
          from usage_ledger where tenant_id = $1`,
        values: [tenantId],
      }),
    );
    return row ?? { cost: '0', lines: 0, reserved: 0 };
  }

  return {
    database,
    server,
    gemini,
    script: (...next: Scripted[]) => {
      answers = next;
    },
    reset: () => {
      gemini.requests.length = 0;
      answers = [];
      faults = [];
      environment.MODEL_TIMEOUT_SECONDS = patience;
    },
    ask: async (person: Person | undefined, body: object) => {
      const answered = await server.call('POST', PATH, {
        body,
        ...(person === undefined ? {} : { token: person.token }),
      });
      if (faults.length > 0) throw faults[0];
      return answered;
    },
    billOf,
    /** Expects that the reply has the cost in the ledger and that no reservation is open. */
    expectPaid: async (person: Person, answered: { body: { cost_usd: string } }) => {
      const { cost, reserved } = await billOf(person);
      expect([unitsOf(cost), reserved]).toEqual([unitsOf(answered.body.cost_usd), 0]);
    },
    updateTenant: ({ tenantId }: Person, column: 'budget_usd_per_day' | 'worker_config', value: unknown) =>
      asOwner(database, (transaction) =>
        transaction.query({
          name: `test_update_${column}`,
          text: `update tenants set ${column} = $2 where id = $1`,
          values: [tenantId, typeof value === 'object' ? JSON.stringify(value) : value],
        }),
      ),
    close: async () => {
      await server.close();
      await closeDatabase();
      await gemini.close();
    },
  };
}

export const calls = (...toolCalls: ScriptedCall[]): ScriptedAnswer => ({ toolCalls });
export const read = (name: string, parameters: Record<string, unknown>): ScriptedAnswer =>
  calls({ name, arguments: parameters });
export const answer = (parameters: Record<string, unknown>): ScriptedAnswer => read('answer', parameters);

/** Answers with citations of the shown sources that contain these quotes. */
export const citing =
  (text: string, ...quotes: string[]) =>
  (request: ScriptedRequest): ScriptedAnswer => {
    const refs = quotes.map((quote) => refOf(request, quote));
    return answer({
      text: `${text} ${refs.map((ref) => `[${ref}]`).join('')}`,
      citations: quotes.map((quote, index) => ({ ref: refs[index], quote })),
      confidence: 0.9,
    });
  };

/** Makes another search in each turn, without end. */
export function searching(more: Partial<Exclude<ScriptedAnswer, { failure: unknown }>> = {}): Scripted {
  let number = 0;
  return () => {
    number += 1;
    return { ...read('search', { query: `Atlas ${number}` }), ...more };
  };
}

export const NOT_TOLD = answer({ text: 'Memory does not tell.', unanswered: true, confidence: 0.9 });
