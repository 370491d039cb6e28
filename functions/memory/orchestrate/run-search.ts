import { openCommit } from '../../entities/branch/read-branch.ts';
import { endOf } from '../../entities/ingest/transcript.ts';
import { findMemoryModel } from '../../identity/choose-model.ts';
import type { Caller, Database, Scoped } from '../../platform/database/database.ts';
import { createId } from '../../platform/id.ts';
import { payerOf } from '../../usage/embed-texts.ts';
import { LONGEST_QUERY } from '../memory.ts';
import { findHits } from '../search/find-hits.ts';
import type { HitKind } from '../search/hit.ts';
import { findHasAnyMemory, findToday } from '../sql/orchestrated-search.ts';
import type { OrchestratedAnswer } from './answer.ts';
import { embedWithinBudget } from './embed-within-budget.ts';
import { type OrchestrationResult, orchestrate } from './orchestrate.ts';
import { hitItem } from './page-items.ts';
import { firstMessage, type SearchInput, systemPrompt } from './prompt.ts';
import { SearchBudget } from './search-budget.ts';
import { MOST_TOKENS_PER_CALL, openSearchState, recordCall, type SearchState } from './search-state.ts';

interface OrchestratedSearch {
  database: Database;
  caller: Caller;
  /** Runs statements as the caller. */
  scoped: Scoped;
  input: SearchInput;
  asOf: string | undefined;
  kinds: readonly HitKind[];
  mostTokens: number;
  mostTurns: number;
  mostSeconds: number;
  /** In US dollars; undefined: the tenant's budget is the only limit. */
  mostDollars: number | undefined;
  signal: AbortSignal;
}

/** The most hits of the first search, which are the whole result when no model answers. */
const MOST_ITEMS = 50;

/**
 * Answers a query from the caller's memory: searches for the query itself, then lets a model continue from the hits.
 * Returns the hits and the cost also when no model answers. Writes nothing but the ledger.
 * @throws the signal's reason when the caller has disconnected; calls that were made are booked
 */
export async function runSearch(search: OrchestratedSearch): Promise<OrchestratedAnswer> {
  const { scoped, input, asOf, mostTokens, mostTurns } = search;
  const budget = new SearchBudget(search.mostDollars);
  const endsAt = performance.now() + search.mostSeconds * 1000;
  const choice = await findMemoryModel(scoped);
  const state = await openState(search, budget);
  const query = 'query' in input ? input.query : endOf(input.conversation, LONGEST_QUERY);
  const first = await runFirstSearch(state, query, mostTokens);
  const reply = (result: OrchestrationResult) => replyOf({ state, budget, result, mostTokens });
  if (first.isEmpty && state.scope.head === undefined && !(await findHasAnyMemory(scoped))) {
    return reply(endWithoutModel('empty', 'Nothing is remembered yet.'));
  }
  if (choice.provider === 'rehearsal') {
    return reply(endWithoutModel('no_model', 'No model is configured, so there are only the hits of the search.'));
  }
  const { tenantId, userId } = payerOf(search.caller);
  const id = createId('ask');
  const result = await orchestrate({
    search: state,
    // The cost is booked with the tenant's rights, so that it is booked also when the caller is locked out meanwhile.
    model: {
      id,
      choice,
      payer: { scoped: search.database.as({ kind: 'tenant', tenantId, userId }), tenantId, userId },
      budget,
      endsAt,
      signal: search.signal,
    },
    system: await systemPrompt(id, { today: await findToday(scoped), asOf, turns: mostTurns }),
    firstMessage: firstMessage(input, first.output),
    query,
    mostTurns,
  });
  return reply(result);
}

async function openState(search: OrchestratedSearch, budget: SearchBudget): Promise<SearchState> {
  const { database, caller, scoped, asOf, kinds, signal, mostTokens } = search;
  const head = await openCommit(scoped, asOf);
  const embedQuery = (text: string) => embedWithinBudget(budget, database, payerOf(caller), { text, signal });
  return openSearchState({ queryable: scoped, kinds, asOf, head, embedQuery }, mostTokens);
}

/**
 * Searches for the query itself, without a model. Shows at most half of the token budget, so that the model can follow
 * what the hits point at.
 */
async function runFirstSearch(
  state: SearchState,
  query: string,
  mostTokens: number,
): Promise<{ output: string; isEmpty: boolean }> {
  const { queryable, kinds, asOf, embedQuery } = state.scope;
  const { hits } =
    query.trim() === ''
      ? { hits: [] }
      : await findHits(queryable, await embedQuery(query), { kinds, asOf, limit: MOST_ITEMS, maxTokens: mostTokens });
  const { output } = recordCall(state, {
    turn: 0,
    tool: 'search',
    arguments: {},
    outcome: { items: hits.map(hitItem), hits, empty: 'Nothing in memory answers the words of the question.' },
    mostTokens: Math.min(MOST_TOKENS_PER_CALL, Math.floor(mostTokens / 2)),
  });
  return { output, isEmpty: hits.length === 0 };
}

function endWithoutModel(endedBy: 'empty' | 'no_model', detail: string): OrchestrationResult {
  return { endedBy, detail, answer: undefined, turns: 0, leaks: [] };
}

interface Reply {
  state: SearchState;
  budget: SearchBudget;
  result: OrchestrationResult;
  mostTokens: number;
}

function replyOf({ state, budget, result, mostTokens }: Reply): OrchestratedAnswer {
  const { answer, endedBy, detail = null, turns, leaks } = result;
  const { input_tokens: input, output_tokens: output, cached_tokens: cached } = budget.usage;
  const items = [...state.hits.values()];
  return {
    retrieval: answer === undefined ? 'search_only' : 'orchestrated',
    ended_by: endedBy,
    detail,
    answer: answer?.text ?? null,
    confidence: answer?.confidence ?? null,
    confidence_reason: answer === undefined ? 'There is no answer.' : answer.confidenceReason,
    unanswered: answer?.isUnanswered ?? items.length === 0,
    citations: answer?.citations ?? [],
    dropped_citations: answer?.faults.length ?? 0,
    warnings: [...(answer?.warnings ?? []), ...leaks],
    items,
    steps: state.steps,
    tokens: { read: state.shownSources.tokens, max: mostTokens, input, output, cached },
    turns,
    cost_usd: budget.cost,
  };
}
