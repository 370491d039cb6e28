import { z } from 'zod';
import { cutText } from '../../platform/cut-text.ts';
import { showAsData, unescapeShown } from '../../platform/models/show-as-data.ts';
import type { Citation, Warning } from './answer.ts';
import { parseConfidence } from './parse-confidence.ts';
import { plainText } from './plain-text.ts';
import type { ShownSources } from './shown-sources.ts';

/** An answer as the model submits it; unknown fields are ignored. */
export const SubmittedAnswer = z.object({
  text: z.string().trim().min(1).max(20_000),
  citations: z
    .array(z.object({ ref: z.string().max(50), quote: z.string().max(4000) }))
    .max(100)
    .default([]),
  /** Models write it as a number, a percentage or a word; `parseConfidence` reads it. */
  confidence: z.unknown().optional(),
  unanswered: z.boolean().default(false),
});
export type SubmittedAnswer = z.infer<typeof SubmittedAnswer>;

export interface CheckedAnswer {
  text: string;
  citations: Citation[];
  /** The reason for each citation that was dropped. */
  faults: string[];
  confidence: number | null;
  confidenceReason: string | null;
  isUnanswered: boolean;
  warnings: Warning[];
}

/** The highest confidence of an answer without a valid citation. */
const UNCITED_CONFIDENCE = 0.2;

/**
 * Checks an answer against the sources that the model was shown. A citation is kept when its source was shown in this
 * search and contains the quote; any other is dropped and its marker in the text becomes `[unverified]`. Links and
 * active markup are removed from the text, also every address that is neither in a shown source nor in the query.
 */
export function checkAnswer(submitted: SubmittedAnswer, shownSources: ShownSources, query: string): CheckedAnswer {
  const checked = submitted.citations.map((citation) => checkCitation(citation, shownSources));
  const citations = checked.flatMap((found) => (typeof found === 'string' ? [] : [found]));
  const faults = checked.filter((found) => typeof found === 'string');
  const marked = replaceMarkers(submitted.text, new Set(citations.map(({ marker }) => marker)));
  const plain = plainText(marked.text, (address) => shownSources.holds(address) || query.includes(address));
  const isUncited = citations.length === 0;
  const warnings: Warning[] = [];
  if (isUncited && !submitted.unanswered) warnings.push('uncited');
  if (faults.length > 0 || marked.hasDropped) warnings.push('citations_dropped');
  if (citations.some(({ trust }) => trust === 'untrusted')) warnings.push('untrusted_sources');
  if (citations.some(({ flags }) => flags.includes('instruction'))) warnings.push('instruction_like_sources');
  if (plain.hasRemoved) warnings.push('links_removed');
  return {
    text: plain.text,
    citations,
    faults,
    ...confidenceOf(submitted.confidence, isUncited),
    isUnanswered: submitted.unanswered || isUncited,
    warnings,
  };
}

function confidenceOf(said: unknown, isUncited: boolean): Pick<CheckedAnswer, 'confidence' | 'confidenceReason'> {
  const confidence = parseConfidence(said);
  if (confidence === undefined) {
    const isMissing = said === undefined || said === null;
    const reason = isMissing ? 'The model gave no confidence.' : 'The confidence of the model could not be parsed.';
    return { confidence: null, confidenceReason: reason };
  }
  if (!isUncited || confidence <= UNCITED_CONFIDENCE) return { confidence, confidenceReason: null };
  return { confidence: UNCITED_CONFIDENCE, confidenceReason: 'Lowered: the answer has no valid citation.' };
}

/** Returns the citation with its source, or the reason why it is dropped, which the model reads. */
function checkCitation(
  { ref, quote }: SubmittedAnswer['citations'][number],
  shownSources: ShownSources,
): Citation | string {
  const marker = ref.trim().replace(/^\[(.*)\]$/, '$1');
  const shown = shownSources.find(marker);
  if (shown === undefined) return `${cutText(marker, 20)}: nothing of this name was read`;
  const found = findQuote(shown.texts, quote);
  if (found === undefined) return `${marker}: the quote does not stand there letter by letter`;
  const { flags, ...source } = shown.source;
  return { marker, ...source, quote: found, flags: [...flags] };
}

/** A shorter quote is in nearly every text, so it proves nothing unless it is the whole text. */
const SHORTEST_QUOTE = 6;

/**
 * Returns the quote when one of the texts contains it, as it is stored or as it was shown with escapes. White space is
 * not compared.
 */
function findQuote(texts: readonly string[], quote: string): string | undefined {
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

/** Writes each valid marker in brackets of its own, and `[unverified]` where none of a group is valid. */
function replaceMarkers(text: string, valid: ReadonlySet<string>): { text: string; hasDropped: boolean } {
  let hasDropped = false;
  const marked = text.replace(MARKERS, (_, names: string) => {
    const all = names.split(/(?<!\s)\s*[,;]\s*/);
    const kept = all.filter((name) => valid.has(name));
    if (kept.length < all.length) hasDropped = true;
    return kept.length === 0 ? '[unverified]' : kept.map((name) => `[${name}]`).join('');
  });
  return { text: marked, hasDropped };
}
