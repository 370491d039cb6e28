import { type ExtractedFact, LONGEST_PART, MOST_FACTS, type SessionMaterial } from '../entities/session.ts';
import { cutText } from '../platform/cut-text.ts';
import { isQuestion, letterLength, splitSentences } from '../platform/language/sentences.ts';
import { wordMatcher } from '../platform/language/word-matcher.ts';
import { RULE_WORDS } from './rule-words.ts';
import { isFileList, isOwnWork, isPlanOrCode, isRequest, isState, withoutState } from './run-talk.ts';

/**
 * Extracts facts without a model: sentences with telling words, word by word, in the languages of
 * {@link RULE_WORDS}. Used by the rehearsal, which has no API key, and when a model fails for good. Deterministic.
 *
 * The task gives rules and preferences for the whole tenant. Each report gives decisions, endpoints, files and lessons,
 * for this sprint and for later runs of the worker. What says something only about the run (a plan, a state, a list of
 * files, code) is no fact.
 */
export function extractByRules(material: SessionMaterial): ExtractedFact[] {
  const fromTask = sentencesOf(material.task).flatMap((text): ExtractedFact[] => {
    const category = categoryIn(TASK_RULES, text);
    if (category === 'convention' && isRequest(text)) return [];
    return category === undefined ? [] : [{ origin: 'task', scope: 'tenant', category, text }];
  });
  const kept = fromTask.slice(0, MOST_FACTS_OF_TASK);
  return [...kept, ...fromReports(material, MOST_FACTS - kept.length)];
}

/** Leaves the remaining facts to the reports. */
const MOST_FACTS_OF_TASK = 8;
/** A shorter sentence says too little without its context; a longer one is a list or a log. */
const SHORTEST_SENTENCE = 12;
const LONGEST_SENTENCE = 400;

type Rules = readonly (readonly [category: string, matches: (sentence: string) => boolean])[];

const TASK_RULES: Rules = [
  ['preference', wordMatcher(RULE_WORDS.preference)],
  ['rule', wordMatcher(RULE_WORDS.rule)],
  ['convention', wordMatcher(RULE_WORDS.convention)],
];

const isEndpoint = /\b(GET|POST|PUT|PATCH|DELETE)\s\S{0,3}\/|\/api\//;
const isFile = /\w\.(ts|tsx|js|jsx|mjs|py|go|rs|java|html|css|sql|json|ya?ml|md|toml|sh|vue|txt)\b/;

const REPORT_RULES: Rules = [
  ['decision', wordMatcher(RULE_WORDS.decision)],
  ['endpoint', (sentence) => isEndpoint.test(sentence)],
  ['lesson', wordMatcher(RULE_WORDS.lesson)],
  ['file', (sentence) => isFile.test(sentence)],
];

/** Takes one sentence of each report in turn, so that a long report does not crowd out the others. */
function fromReports({ reports }: SessionMaterial, most: number): ExtractedFact[] {
  const found = reports.map(({ worker, text }) =>
    sentencesOf(text).flatMap((sentence) => {
      const fact = factIn(sentence);
      return fact === undefined ? [] : [{ worker, ...fact }];
    }),
  );
  const facts: ExtractedFact[] = [];
  const longest = Math.max(0, ...found.map((sentences) => sentences.length));
  for (let round = 0; round < longest; round += 1) {
    for (const sentences of found) {
      const sentence = sentences[round];
      if (sentence === undefined) continue;
      if (facts.length + 2 > most) return facts;
      facts.push(
        { origin: 'report', scope: 'sprint', ...sentence },
        { origin: 'report', scope: 'worker', ...sentence },
      );
    }
  }
  return facts;
}

/** Returns the fact that a sentence of a report states. A decision and a lesson may tell what the worker did. */
function factIn(sentence: string): { category: string; text: string } | undefined {
  const text = withoutState(sentence);
  if (letterLength(text) < SHORTEST_SENTENCE || isState(text)) return undefined;
  const category = categoryIn(REPORT_RULES, text);
  if (category === undefined) return undefined;
  const isPlace = category === 'file' || category === 'endpoint';
  return isPlace && (isFileList(text) || isOwnWork(text)) ? undefined : { category, text };
}

function categoryIn(rules: Rules, sentence: string): string | undefined {
  return rules.find(([, matches]) => matches(sentence))?.[0];
}

/**
 * Returns the distinct sentences of a text, without code, plans, headings, rows of tables, list markers, emphasis and
 * questions.
 */
function sentencesOf(text: string): string[] {
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
