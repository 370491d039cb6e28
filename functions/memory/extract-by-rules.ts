import { isFileList, isOwnWork, isRequest, isState, withoutState } from '../entities/run-talk.ts';
import { SHORTEST_SENTENCE, sentencesOfPart } from '../entities/sentences-of-part.ts';
import { type ExtractedFact, MOST_FACTS, type SessionMaterial } from '../entities/session.ts';
import { letterLength } from '../platform/language/sentences.ts';
import { wordMatcher } from '../platform/language/word-matcher.ts';
import { RULE_WORDS } from './rule-words.ts';

/**
 * Extracts facts without a model: sentences with telling words, word by word, in the languages of
 * {@link RULE_WORDS}. Used by the rehearsal, which has no API key, and when a model fails for good. Deterministic.
 *
 * The task gives rules and preferences for the whole tenant. Each report gives decisions, endpoints, files and lessons,
 * for this sprint and for later runs of the worker. What says something only about the run (a plan, a state, a list of
 * files, code) is no fact.
 */
export function extractByRules(material: SessionMaterial): ExtractedFact[] {
  const fromTask = sentencesOfPart(material.task).flatMap((text): ExtractedFact[] => {
    const category = categoryIn(TASK_RULES, text);
    if (category === 'convention' && isRequest(text)) return [];
    return category === undefined ? [] : [{ origin: 'task', scope: 'tenant', category, text }];
  });
  const kept = fromTask.slice(0, MOST_FACTS_OF_TASK);
  return [...kept, ...fromReports(material, MOST_FACTS - kept.length)];
}

/** Leaves the remaining facts to the reports. */
const MOST_FACTS_OF_TASK = 8;

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
    sentencesOfPart(text).flatMap((sentence) => {
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
