import { rarityOf } from '../../platform/language/bm25.ts';
import { foldWords } from '../../platform/language/fold.ts';
import type { ReadQuestion } from '../../platform/language/read-question.ts';
import { wordsOf } from '../../platform/language/words.ts';
import type { FoundTurnCandidates } from '../sql/search.ts';

/** A turn that may answer the question, with its index in {@link Candidates.sessions}. */
interface TurnCandidate {
  session: number;
  position: number;
  speaker: string;
  /** In lexemes. */
  size: number;
  isQuestion: boolean;
  /** The beginning of a long text. */
  text: string;
  /** How often each term of the question occurs in it. */
  counts: Float64Array;
}

export interface Candidates {
  /** In the order of sessions and positions. */
  turns: TurnCandidate[];
  /** `first` and `end` are indexes into {@link turns}. */
  sessions: { id: string; began: Date; first: number; end: number }[];
  /** The inverse document frequency of each term, among the turns and among the sessions of the whole memory. */
  worth: { ofTurn: Float64Array; ofSession: Float64Array };
  meanSize: number;
  meanSessionSize: number;
  sessionCount: number;
  turnCount: number;
  /** The terms of the question that are names of participants. */
  names: ReadonlySet<number>;
  /** The participants whom the question names. */
  named: ReadonlySet<string>;
  /** The question asks for nothing but names. */
  isOnlyNames: boolean;
}

/**
 * Prepares what the database found for the signals. Names of participants are removed from the terms, because they do
 * not distinguish turns, unless the question has no other terms.
 */
export function toCandidates(question: ReadQuestion, found: FoundTurnCandidates): Candidates {
  const named = new Set(namedIn(question, found.speakers));
  const spoken = new Set(found.speakers.flatMap(namesOf));
  const isName = ({ words }: ReadQuestion['terms'][number]) => words.some((word) => spoken.has(foldWords(word)));
  const isOnlyNames = named.size > 0 && question.terms.every((term) => term.weight < 1 || isName(term));
  const names = new Set(isOnlyNames ? [] : question.terms.flatMap((term, index) => (isName(term) ? [index] : [])));
  const worth = { ofTurn: new Float64Array(question.terms.length), ofSession: new Float64Array(question.terms.length) };
  const termOf = new Map<string, number>();
  for (const [index, lexemes, turns, sessions] of found.terms) {
    const term = question.terms[index];
    if (term === undefined || names.has(index)) continue;
    worth.ofTurn[index] = term.weight * rarityOf(turns, found.turns);
    worth.ofSession[index] = term.weight * rarityOf(sessions, found.sessions);
    for (const lexeme of lexemes) termOf.set(lexeme, index);
  }
  const turns: TurnCandidate[] = [];
  const sessions = found.found.map(([id, began, list], session) => {
    const first = turns.length;
    for (const [position, speaker, size, isQuestion, text, hits] of list) {
      const counts = countHits(hits, termOf, question.terms.length);
      turns.push({ session, position, speaker, size, isQuestion, text, counts });
    }
    return { id, began: new Date(began), first, end: turns.length };
  });
  return {
    turns,
    sessions,
    worth,
    meanSize: found.size / Math.max(found.turns, 1),
    meanSessionSize: found.size / Math.max(found.sessions, 1),
    sessionCount: found.sessions,
    turnCount: found.turns,
    names,
    named,
    isOnlyNames,
  };
}

/** Counts the terms in the text form of a tsvector: `'word':3A,8A`, with doubled quotes inside a word. */
function countHits(hits: string, termOf: ReadonlyMap<string, number>, terms: number): Float64Array {
  const counts = new Float64Array(terms);
  for (const [, lexeme = '', places = ''] of hits.matchAll(/(?<=^| )'((?:[^']|'')*)':([\dA-D,]+)/g)) {
    const term = termOf.get(lexeme.replaceAll("''", "'").replaceAll('\\\\', '\\'));
    if (term !== undefined) counts[term] = (counts[term] ?? 0) + places.split(',').length;
  }
  return counts;
}

const FIRST_PERSON = new Set(['i', 'me', 'my', 'mine', 'myself', 'im', 'ive']);
/** The user's speaker name in chat transcripts. "My" in a question refers to the user. */
const PERSON_OF_CHAT = 'user';
const SHORTEST_NICKNAME = 3;

/**
 * Returns the participants whom a question names: by name, by a capitalised short form ("Mel"), or in the first person.
 */
function namedIn({ text, words }: ReadQuestion, speakers: readonly string[]): string[] {
  const asked = new Set(words);
  const capitalised = (text.match(/\p{Lu}\p{L}+/gu) ?? []).map((word) => foldWords(word.toLowerCase()));
  const isNamed = (speaker: string) =>
    namesOf(speaker).some(
      (name) =>
        asked.has(name) || capitalised.some((word) => word.length >= SHORTEST_NICKNAME && name.startsWith(word)),
    ) ||
    (speaker.toLowerCase() === PERSON_OF_CHAT && words.some((word) => FIRST_PERSON.has(word)));
  return speakers.filter(isNamed);
}

/** Returns the words of a speaker's name that can stand for the speaker. */
function namesOf(speaker: string): string[] {
  return wordsOf(speaker)
    .map(foldWords)
    .filter((name) => [...name].length >= 2 && !/\d/.test(name));
}
