import { cutText } from '../../platform/cut-text.ts';
import { storableText } from '../../platform/storable.ts';
import type { HitKind, MemoryHit } from '../search/hit.ts';
import type { TraceStep } from './answer.ts';
import type { Page, ReadScope, ReadTool, ToolError } from './read-tool.ts';
import { type PageItem, ShownSources } from './shown-sources.ts';
import { blame } from './tools/blame.ts';
import { diff } from './tools/diff.ts';
import { listEntities } from './tools/list-entities.ts';
import { log } from './tools/log.ts';
import { readEntity } from './tools/read-entity.ts';
import { readSession } from './tools/read-session.ts';
import { search } from './tools/search.ts';
import { timeline } from './tools/timeline.ts';

/** The tools of the model. All of them only read memory: none runs a shell, writes or uses the network. */
const READ_TOOLS: readonly ReadTool[] = [search, listEntities, readEntity, log, diff, blame, timeline, readSession];

/** The state of one search, which its tool calls change. */
export interface SearchState {
  scope: ReadScope;
  tools: readonly ReadTool[];
  shownSources: ShownSources;
  steps: TraceStep[];
  /** The turn in which each call was made, by tool and arguments. */
  calls: Map<string, number>;
  /** The hits of all searches, by kind and id, in the order of finding. */
  hits: Map<string, MemoryHit>;
}

/** Opens a search that may show `mostTokens` of memory. */
export function openSearchState(scope: ReadScope, mostTokens: number): SearchState {
  return {
    scope,
    tools: toolsFor(scope.kinds),
    shownSources: new ShownSources(mostTokens),
    steps: [],
    calls: new Map(),
    hits: new Map(),
  };
}

/** Returns the tools that read at least one of the kinds. */
function toolsFor(kinds: readonly HitKind[]): ReadTool[] {
  return READ_TOOLS.filter((tool) => tool.kinds.some((kind) => kinds.includes(kind)));
}

/**
 * The most tokens that one call may show, so that no call uses up the whole budget. On LoCoMo 2,000 tokens hold the
 * evidence of 9 in 10 questions.
 */
export const MOST_TOKENS_PER_CALL = 4000;

interface FinishedCall {
  /** 0 for the first search, which no model asked for. */
  turn: number;
  tool: string;
  arguments: Record<string, unknown>;
  isRepeat?: boolean;
  outcome: Page | ToolError;
  mostTokens?: number;
}

/**
 * Adds the outcome of a call to the search: shows it within the budget and appends a step to the trace. Returns the
 * text for the model.
 */
export function recordCall(search: SearchState, call: FinishedCall): { output: string; isError: boolean } {
  const { shownSources, steps, hits } = search;
  const { turn, tool, outcome, isRepeat = false, mostTokens = MOST_TOKENS_PER_CALL } = call;
  const isError = 'error' in outcome;
  const before = shownSources.tokens;
  const { output, result, refs } = isError
    ? { output: outcome.error, result: outcome.error, refs: [] }
    : show(shownSources, outcome, { tool, mostTokens });
  for (const hit of isError ? [] : (outcome.hits ?? [])) {
    const key = `${hit.kind} ${hit.id}`;
    if (!hits.has(key)) hits.set(key, hit);
  }
  const { why, ...parameters } = call.arguments;
  steps.push({
    turn,
    tool: storableText(cutText(tool, 100)),
    arguments: shortened(parameters),
    why: typeof why === 'string' ? cutText(why, 300) : null,
    result: cutText(result, 1000),
    refs,
    tokens: shownSources.tokens - before,
    is_error: isError,
    is_repeat: isRepeat,
  });
  return { output, isError };
}

/** Renders a page for the model: its items as data between tags, and after them the arguments for the next page. */
function show(
  shownSources: ShownSources,
  page: Page,
  { tool, mostTokens }: { tool: string; mostTokens: number },
): { output: string; result: string; refs: string[] } {
  if (page.items.length === 0) return { output: page.empty, result: page.empty, refs: [] };
  const { text, count, refs } = shownSources.show(page.items, mostTokens);
  if (count === 0) return { output: NO_ROOM, result: NO_ROOM, refs };
  const next = page.next?.(count);
  const more = next === undefined ? '' : `\nThere is more: ${tool} with ${JSON.stringify(next)}`;
  return {
    output: `<memory>\n${text}\n</memory>${more}${shownSources.isUsedUp ? `\n${NO_ROOM}` : ''}`,
    result: describe(page.items, count),
    refs,
  };
}

/** Describes a result for the trace, such as "3 facts, 1 turn (of 9)". */
function describe(items: readonly PageItem[], count: number): string {
  const tags = items.slice(0, count).map(({ tag }) => tag);
  const counts = [...new Set(tags)].map((tag) => {
    const many = tags.filter((other) => other === tag).length;
    return `${many} ${many === 1 ? tag : (PLURAL[tag] ?? `${tag}s`)}`;
  });
  return counts.join(', ') + (count < items.length ? ` (of ${items.length})` : '');
}

const PLURAL: Partial<Record<PageItem['tag'], string>> = { entity: 'entities', evidence: 'lines of evidence' };

const NO_ROOM = 'You have read as much as this search may read. Answer with what you have.';

const LONGEST_ARGUMENTS = 2000;

/** Cuts the arguments of a call for the trace, because invalid ones can have any size. */
function shortened(parameters: Record<string, unknown>): Record<string, unknown> {
  const text = JSON.stringify(parameters);
  return text.length <= LONGEST_ARGUMENTS ? parameters : { cut: cutText(text, LONGEST_ARGUMENTS).toWellFormed() };
}
