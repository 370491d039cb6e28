import { type Draft, droppable, type Exchange, type Frame, indicesOf, older, tokensOf } from '../draft.ts';
import { showMessages } from '../show-messages.ts';
import type { SummaryPlan } from '../summary-plan.ts';
import type { Outcome } from './strategy.ts';

/** The most that a summary takes of the budget, and in tokens. A longer one is read with less care. */
const SUMMARY_SHARE = 0.2;
const MOST_SUMMARY_TOKENS = 6_000;
/** Shorter summaries keep nothing. */
const LEAST_SUMMARY_TOKENS = 64;
/** After a summary a quarter of the budget is free, so that the next one is turns away and the beginning is cached. */
const HEADROOM = 0.25;
/** `estimateTokens` counts 1.2 to 1.7 tokens for an English word with its space. */
const WORDS_PER_TOKEN = 0.6;
/** New entries take half of the room that is left for all, so that they do not push out earlier ones; at least this. */
const LEAST_SHARE_OF_ENTRIES = 0.15;

/**
 * Plans the next summary: all messages but the newest `keep` exchanges, or more of them when these would leave no
 * headroom. What the model cannot read at once is left for the next plan.
 */
export function planSummary(
  draft: Draft,
  frame: Frame,
  kind: Pick<SummaryPlan, 'kind' | 'schema'> & { file: URL; earlier: string; known?: string },
): Outcome {
  const { budget, readable = budget } = frame.input;
  const mostTokens = Math.min(MOST_SUMMARY_TOKENS, Math.floor(budget * SUMMARY_SHARE));
  if (mostTokens < LEAST_SUMMARY_TOKENS) return { skip: 'no_room' };
  const chosen = chooseRange(draft, frame, mostTokens);
  const last = chosen.at(-1);
  if (last === undefined) return { skip: 'nothing_to_summarise' };
  const room = Math.max(readable / 4, readable - frame.measure(kind.earlier) - mostTokens);
  const { piece, shown } = takePiece(chosen, room, frame.measure);
  const written = kind.known === undefined ? mostTokens : roomForEntries(mostTokens, frame.measure(kind.known));
  const plan: SummaryPlan = {
    kind: kind.kind,
    schema: kind.schema,
    messages: indicesOf(piece),
    prompt: { file: kind.file, values: { words: String(Math.floor(written * WORDS_PER_TOKEN)) } },
    data: `${kind.earlier}<conversation>\n${shown}\n</conversation>`,
    mostTokens,
    frame: { ...frame, goal: last.first + 1 },
  };
  return { plan };
}

function roomForEntries(mostTokens: number, known: number): number {
  return Math.max(mostTokens * LEAST_SHARE_OF_ENTRIES, (mostTokens - known) / 2);
}

function chooseRange(draft: Draft, frame: Frame, mostTokens: number): Exchange[] {
  const { budget, keep } = frame.input;
  const all = droppable(draft);
  const underWay = all.filter(({ first }) => first < frame.goal);
  if (underWay.length > 0) return underWay;
  let count = older(draft, keep).length;
  const sizes = all.map(({ messages }) => frame.sizeOf(messages));
  let left = tokensOf(draft, frame) - sizes.slice(0, count).reduce((sum, size) => sum + size, 0);
  for (; count < all.length && left + mostTokens > budget * (1 - HEADROOM); count += 1) left -= sizes[count] ?? 0;
  return all.slice(0, count);
}

/** Returns the first exchanges that fit into the room together, at least one: a longer one is shown cut. */
function takePiece(chosen: readonly Exchange[], room: number, measure: (text: string) => number) {
  const piece: Exchange[] = [];
  const shown: string[] = [];
  let size = 0;
  for (const exchange of chosen) {
    const text = showMessages(exchange.messages);
    size += measure(text) + 1;
    if (size > room && piece.length > 0) break;
    piece.push(exchange);
    shown.push(size > room ? showCut(exchange, room, measure) : text);
  }
  return { piece, shown: shown.join('\n') };
}

/** Halves the longest texts of an exchange until it fits. */
function showCut({ messages }: Exchange, room: number, measure: (text: string) => number): string {
  for (let longest = 65_536; ; longest /= 2) {
    const text = showMessages(messages, longest);
    if (longest <= 128 || measure(text) <= room) return text;
  }
}
