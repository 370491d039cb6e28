import { cutText } from '../platform/cut-text.ts';
import { isQuestion, letterLength, splitSentences } from '../platform/language/sentences.ts';
import { isFileList, isOwnWork, isPlanOrCode, isState, withoutState } from './run-talk.ts';
import { LONGEST_PART } from './session.ts';

/** A shorter sentence says too little without its context; a longer one is a list or a log. */
export const SHORTEST_SENTENCE = 12;
const LONGEST_SENTENCE = 400;

/**
 * Returns the distinct sentences of a run's task or of a report, without code, plans, headings, rows of tables, list
 * markers, emphasis and questions.
 */
export function sentencesOfPart(text: string): string[] {
  const lines = withoutCode(cutText(text, LONGEST_PART))
    .split('\n')
    .map((line) => line.trim())
    // A line that starts like JSON, such as a plan, is skipped.
    .filter((line) => letterLength(line) >= SHORTEST_SENTENCE && !/^(?:[{}[\]"|]|#{1,6}\s)/.test(line))
    .map(withoutMarkers)
    .filter((line) => !isPlanOrCode(line));
  const sentences = lines.flatMap(splitSentences);
  const worthy = sentences.filter(
    (sentence) =>
      letterLength(sentence) >= SHORTEST_SENTENCE &&
      sentence.length <= LONGEST_SENTENCE &&
      !/[:：]$/.test(sentence) &&
      !isQuestion(sentence) &&
      !isPlanOrCode(sentence),
  );
  return [...new Set(worthy)];
}

/**
 * Returns the sentences of a report that may say something which outlives the run: without states, lists of files, and
 * what the worker did. Of "The API is ready: GET /a answers 200." the end is returned.
 */
export function lastingSentencesOf(report: string): string[] {
  const sentences = sentencesOfPart(report)
    .map(withoutState)
    .filter((sentence) => letterLength(sentence) >= SHORTEST_SENTENCE && !isState(sentence))
    .filter((sentence) => !isFileList(sentence) && !isOwnWork(sentence));
  return [...new Set(sentences)];
}

/** Removes the marker of a list or a quotation, a check box behind it, and emphasis. */
function withoutMarkers(line: string): string {
  return line.replace(/^(?:[-*+>]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?/, '').replaceAll(/\*\*|__/g, '');
}

/** Removes the parts between code fences. */
function withoutCode(text: string): string {
  return text
    .split(/```|~~~/)
    .filter((_, index) => index % 2 === 0)
    .join('\n');
}
