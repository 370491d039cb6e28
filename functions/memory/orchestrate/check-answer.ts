import { z } from 'zod';
import { showAsData, unescapeShown } from '../../platform/models/show-as-data.ts';
import type { Citation, Warning } from './answer.ts';
import { parseConfidence } from './parse-confidence.ts';
import { plainText } from './plain-text.ts';
import type { Reading } from './reading.ts';

/** An answer as a model hands it in; what it says beside these is left out. */
export const HandedIn = z.object({
  text: z.string().trim().min(1).max(20_000),
  citations: z
    .array(z.object({ ref: z.string().max(50), quote: z.string().max(4000) }))
    .max(100)
    .default([]),
  /** Whatever it is, it is parsed. */
  confidence: z.unknown().optional(),
  unanswered: z.boolean().default(false),
});
export type HandedIn = z.infer<typeof HandedIn>;

export interface CheckedAnswer {
  text: string;
  citations: Citation[];
  /** Why each of the others was dropped. */
  faults: string[];
  confidence: number | null;
  confidenceReason: string | null;
  isUnanswered: boolean;
  warnings: Warning[];
}

/** How sure an answer can be that rests on nothing which was read. */
const UNCITED_CONFIDENCE = 0.2;

/**
 * Believes an answer as far as what was read carries it: a citation counts if its source was shown in this search and its words stand in it; every other is
 * dropped, with its marker in the text. The text loads nothing, and has no address that was not read or asked.
 */
export function checkAnswer(handed: HandedIn, reading: Reading, question: string): CheckedAnswer {
  const checked = handed.citations.map((citation) => checkCitation(citation, reading));
  const citations = checked.flatMap((found) => (typeof found === 'string' ? [] : [found]));
  const faults = checked.filter((found) => typeof found === 'string');
  const marked = withMarkers(handed.text, new Set(citations.map(({ marker }) => marker)));
  const plain = plainText(marked.text, (address) => reading.holds(address) || question.includes(address));
  const isUncited = citations.length === 0;
  const warnings: Warning[] = [];
  if (isUncited && !handed.unanswered) warnings.push('uncited');
  if (faults.length > 0 || marked.hasDropped) warnings.push('citations_dropped');
  if (citations.some(({ trust }) => trust === 'untrusted')) warnings.push('untrusted_sources');
  if (citations.some(({ flags }) => flags.includes('instruction'))) warnings.push('instruction_like_sources');
  if (plain.hasRemoved) warnings.push('links_removed');
  return {
    text: plain.text,
    citations,
    faults,
    ...confidenceOf(handed.confidence, isUncited),
    isUnanswered: handed.unanswered || isUncited,
    warnings,
  };
}

function confidenceOf(said: unknown, isUncited: boolean): Pick<CheckedAnswer, 'confidence' | 'confidenceReason'> {
  const confidence = parseConfidence(said);
  if (confidence === undefined) {
    const reason = said === undefined || said === null ? 'The model gave none.' : 'What the model gave is none.';
    return { confidence: null, confidenceReason: reason };
  }
  if (!isUncited || confidence <= UNCITED_CONFIDENCE) return { confidence, confidenceReason: null };
  return { confidence: UNCITED_CONFIDENCE, confidenceReason: 'Lowered: nothing that was read carries the answer.' };
}

/** The citation with its source, or what is wrong with it. */
function checkCitation({ ref, quote }: HandedIn['citations'][number], reading: Reading): Citation | string {
  const marker = ref.trim().replace(/^\[(.*)\]$/, '$1');
  const found = reading.find(marker);
  if (found === undefined) return `${marker.slice(0, 20)}: nothing of this name was read`;
  const said = saidIn(found.texts, quote);
  if (said === undefined) return `${marker}: the quote does not stand there letter by letter`;
  const { flags, ...source } = found.source;
  return { marker, ...source, quote: said, flags: [...flags] };
}

/** A few letters stand in every text and prove nothing. */
const SHORTEST_QUOTE = 6;

/** The quote as it stands in one of the texts: as it was said, or as it was shown, with its signs escaped. */
function saidIn(texts: readonly string[], quote: string): string | undefined {
  const words = wordsOf(quote);
  const isIn = (text: string) =>
    words.length >= SHORTEST_QUOTE ? text.includes(words) : words !== '' && text === words;
  if (texts.some((text) => isIn(wordsOf(text)))) return words;
  return texts.some((text) => isIn(wordsOf(showAsData(text)))) ? unescapeShown(words) : undefined;
}

function wordsOf(text: string): string {
  return text.normalize('NFC').replaceAll(/\s+/g, ' ').trim();
}

const MARKERS = /\[\s{0,5}([FTBC]\d{1,5}(?:\s{0,5}[,;]\s{0,5}[FTBC]\d{1,5})*)\s{0,5}\]/g;

/** The text with the markers whose citations count, each in brackets of its own. */
function withMarkers(text: string, good: ReadonlySet<string>): { text: string; hasDropped: boolean } {
  let hasDropped = false;
  const marked = text.replace(MARKERS, (_, names: string) => {
    const all = names.split(/\s*[,;]\s*/);
    const kept = all.filter((name) => good.has(name));
    if (kept.length < all.length) hasDropped = true;
    return kept.length === 0 ? '[unverified]' : kept.map((name) => `[${name}]`).join('');
  });
  return { text: marked, hasDropped };
}
