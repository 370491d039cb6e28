import { storableText } from '../../platform/storable.ts';
import type { MemoryHit } from '../hit.ts';
import type { Step } from './answer.ts';
import type { Desk, Fault, Page, ReadTool } from './read-tool.ts';
import type { Piece, Reading } from './reading.ts';

/** The state of one search that its calls change. */
export interface Research {
  desk: Desk;
  tools: readonly ReadTool[];
  reading: Reading;
  steps: Step[];
  /** What was asked already, and in which turn. */
  asked: Map<string, number>;
  /** What searches found, by kind and id, in the order of finding. */
  found: Map<string, MemoryHit>;
}

/** What one call may show, so that none uses up the whole budget: twice what LoCoMo's evidence needs for nine questions in ten. */
export const MOST_TOKENS_A_CALL = 4000;

export interface DoneCall {
  /** 0 for the search that no model asked for. */
  turn: number;
  tool: string;
  arguments: Record<string, unknown>;
  isRepeat?: boolean;
  outcome: Page | Fault;
  mostTokens?: number;
}

/** Takes what a call came to into the search: shows it as far as the budget goes, and writes the step of the trace. Answers what the model reads. */
export function recordCall(research: Research, call: DoneCall): { output: string; isError: boolean } {
  const { reading, steps, found } = research;
  const { turn, tool, outcome, isRepeat = false, mostTokens = MOST_TOKENS_A_CALL } = call;
  const isError = 'fault' in outcome;
  const before = reading.tokens;
  const { output, result, refs } = isError
    ? { output: outcome.fault, result: outcome.fault, refs: [] }
    : show(reading, outcome, { tool, mostTokens });
  for (const hit of isError ? [] : (outcome.hits ?? [])) {
    const key = `${hit.kind} ${hit.id}`;
    if (!found.has(key)) found.set(key, hit);
  }
  const { why, ...parameters } = call.arguments;
  steps.push({
    turn,
    tool: storableText(tool.slice(0, 100)),
    arguments: shownArguments(parameters),
    why: typeof why === 'string' ? why.slice(0, 300) : null,
    result: result.slice(0, 1000),
    refs,
    tokens: reading.tokens - before,
    is_error: isError,
    is_repeat: isRepeat,
  });
  return { output, isError };
}

/** What the model reads of a page: data in a frame, and outside of it how to go on. */
function show(
  reading: Reading,
  page: Page,
  { tool, mostTokens }: { tool: string; mostTokens: number },
): { output: string; result: string; refs: string[] } {
  if (page.pieces.length === 0) return { output: page.empty, result: page.empty, refs: [] };
  const { text, count, refs } = reading.show(page.pieces, mostTokens);
  if (count === 0) return { output: NO_ROOM, result: NO_ROOM, refs };
  const next = page.next?.(count);
  const more = next === undefined ? '' : `\nThere is more: ${tool} with ${JSON.stringify(next)}`;
  return {
    output: `<memory>\n${text}\n</memory>${more}${reading.isUsedUp ? `\n${NO_ROOM}` : ''}`,
    result: describe(page.pieces, count),
    refs,
  };
}

/** "3 facts, 1 turn (of 9)". */
function describe(pieces: readonly Piece[], count: number): string {
  const tags = pieces.slice(0, count).map(({ tag }) => tag);
  const counts = [...new Set(tags)].map((tag) => {
    const many = tags.filter((other) => other === tag).length;
    return `${many} ${many === 1 ? tag : (PLURAL[tag] ?? `${tag}s`)}`;
  });
  return counts.join(', ') + (count < pieces.length ? ` (of ${pieces.length})` : '');
}

const PLURAL: Partial<Record<Piece['tag'], string>> = { entity: 'entities', evidence: 'lines of evidence' };

const NO_ROOM = 'You have read as much as this search may read. Answer with what you have.';

const LONGEST_ARGUMENTS = 2000;

/** Those of a call that makes no sense may be of any size. */
function shownArguments(parameters: Record<string, unknown>): Record<string, unknown> {
  const text = JSON.stringify(parameters);
  return text.length <= LONGEST_ARGUMENTS ? parameters : { cut: text.slice(0, LONGEST_ARGUMENTS).toWellFormed() };
}
