import { openCommit } from '../../entities/branch/open-commit.ts';
import { endOf } from '../../entities/ingest/transcript.ts';
import { findMemoryModel } from '../../identity/choose-model.ts';
import type { Caller, Database, Scoped } from '../../platform/database/database.ts';
import { createId } from '../../platform/id.ts';
import type { HitKind } from '../hit.ts';
import { LONGEST_QUERY } from '../memory.ts';
import { findHits } from '../search.ts';
import { findIsAnythingRemembered, findToday } from '../sql/remembered.ts';
import type { Orchestrated } from './answer.ts';
import { askWithin } from './ask-within.ts';
import { type Outcome, orchestrate } from './orchestrate.ts';
import { pieceOfHit } from './pieces.ts';
import { type Asked, instructionOf, openingText } from './prompt.ts';
import { Purse } from './purse.ts';
import type { Desk } from './read-tool.ts';
import { toolsFor } from './read-tools.ts';
import { Reading } from './reading.ts';
import { MOST_TOKENS_A_CALL, type Research, recordCall } from './research.ts';

export interface OrchestratedSearch {
  database: Database;
  caller: Caller;
  /** The caller's own statements. */
  scoped: Scoped;
  asked: Asked;
  asOf: string | undefined;
  kinds: readonly HitKind[];
  mostTokens: number;
  mostTurns: number;
  mostSeconds: number;
  /** US dollars; no limit but the tenant's if left out. */
  budget: number | undefined;
  signal: AbortSignal;
}

/** What the first search answers at most; it is also all that there is where no model answers. */
const MOST_ITEMS = 50;

/**
 * Answers from the caller's memory: searches for the question itself, and lets a model go on from what that found. Whatever ends the model's work, what was
 * found is answered, and what was spent. Nothing is written but the ledger.
 * @throws the signal's reason when the caller has left; what was asked by then is booked
 */
export async function runSearch(search: OrchestratedSearch): Promise<Orchestrated> {
  const { scoped, asked, asOf, mostTokens, mostTurns } = search;
  const purse = new Purse(search.budget);
  const endsAt = performance.now() + search.mostSeconds * 1000;
  const choice = await findMemoryModel(scoped);
  const research = await openResearch(search, purse);
  const question = 'query' in asked ? asked.query : endOf(asked.conversation, LONGEST_QUERY);
  const found = await searchFirst(research, question, mostTokens);
  const conclude = (outcome: Outcome) => conclusionOf({ research, purse, outcome, mostTokens });
  if (found.isNothing && research.desk.head === undefined && !(await findIsAnythingRemembered(scoped))) {
    return conclude(without('empty', 'Nothing is remembered yet.'));
  }
  if (choice.provider === 'rehearsal') {
    return conclude(without('no_model', 'No model is configured: this is what a search finds, and no answer.'));
  }
  const { tenantId, userId } = search.caller;
  const id = createId('ask');
  const outcome = await orchestrate({
    research,
    // Booked as the tenant's: a caller who was shut out meanwhile pays all the same.
    caller: {
      id,
      choice,
      payer: { scoped: search.database.as({ kind: 'tenant', tenantId, userId }), tenantId, userId },
      purse,
      endsAt,
      signal: search.signal,
    },
    system: await instructionOf(id, { today: await findToday(scoped), asOf, turns: mostTurns }),
    opening: openingText(asked, found.output),
    question,
    mostTurns,
  });
  return conclude(outcome);
}

async function openResearch(search: OrchestratedSearch, purse: Purse): Promise<Research> {
  const { database, caller, scoped, asOf, kinds, signal, mostTokens } = search;
  const desk: Desk = {
    scoped,
    kinds,
    asOf,
    head: await openCommit(scoped, asOf),
    ask: (words) => askWithin(purse, database, caller, { words, signal }),
  };
  return {
    desk,
    tools: toolsFor(kinds),
    reading: new Reading(mostTokens),
    steps: [],
    asked: new Map(),
    found: new Map(),
  };
}

/** The search for the question itself, which needs no model; half of the budget at most, so that there is room to follow what it points at. */
async function searchFirst(
  research: Research,
  question: string,
  mostTokens: number,
): Promise<{ output: string; isNothing: boolean }> {
  const { desk } = research;
  const { hits } =
    question.trim() === ''
      ? { hits: [] }
      : await findHits(desk.scoped, await desk.ask(question), {
          kinds: desk.kinds,
          asOf: desk.asOf,
          limit: MOST_ITEMS,
          maxTokens: mostTokens,
        });
  const { output } = recordCall(research, {
    turn: 0,
    tool: 'search',
    arguments: {},
    outcome: { pieces: hits.map(pieceOfHit), hits, empty: 'Nothing in memory answers the words of the question.' },
    mostTokens: Math.min(MOST_TOKENS_A_CALL, Math.floor(mostTokens / 2)),
  });
  return { output, isNothing: hits.length === 0 };
}

function without(endedBy: 'empty' | 'no_model', detail: string): Outcome {
  return { endedBy, detail, answer: undefined, turns: 0, leaks: [] };
}

interface Conclusion {
  research: Research;
  purse: Purse;
  outcome: Outcome;
  mostTokens: number;
}

function conclusionOf({ research, purse, outcome, mostTokens }: Conclusion): Orchestrated {
  const { answer, endedBy, detail = null, turns, leaks } = outcome;
  const { input_tokens: input, output_tokens: output, cached_tokens: cached } = purse.usage;
  const items = [...research.found.values()];
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
    steps: research.steps,
    tokens: { read: research.reading.tokens, max: mostTokens, input, output, cached },
    turns,
    cost_usd: purse.cost,
  };
}
