import { rarityOf } from '../../platform/language/bm25.ts';
import type { ReadQuestion } from '../../platform/language/read-question.ts';
import type { FoundTurnCandidates } from '../sql/search.ts';

/** A turn that could answer, with its place in {@link Candidates.sessions}. */
export interface TurnCandidate {
  session: number;
  position: number;
  speaker: string;
  /** In lexemes. */
  size: number;
  isQuestion: boolean;
  /** Its beginning, where it is long. */
  text: string;
  /** How often each term of the question is in it. */
  counts: Float64Array;
}

export interface Candidates {
  /** In the order of their sessions and positions. */
  turns: TurnCandidate[];
  /** `first` and `end` are places in {@link turns}. */
  sessions: { id: string; began: Date; first: number; end: number }[];
  /** What each term tells, by how rare it is among the turns and among the sessions of the whole memory. */
  worth: { ofTurn: Float64Array; ofSession: Float64Array };
  meanSize: number;
  meanSessionSize: number;
  sessionCount: number;
  turnCount: number;
  /** The terms of the question that are a participant's name. */
  names: ReadonlySet<number>;
  /** The one participant whom the question names; undefined for none and for several. */
  named: string | undefined;
}

/** What the database found, made ready for signals. A participant's name tells no turn from another and leaves the question's terms. */
export function toCandidates(question: ReadQuestion, found: FoundTurnCandidates): Candidates {
  const named = namedIn(question, found.speakers);
  const spoken = new Set(found.speakers.flatMap(namesOf));
  const names = new Set(
    question.terms.flatMap(({ words }, index) => (words.some((word) => spoken.has(word)) ? [index] : [])),
  );
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
    named: named.length === 1 ? named[0] : undefined,
  };
}

/** The text form of a tsvector: `'word':3A,8A`, with quotes in a word doubled. */
function countHits(hits: string, termOf: ReadonlyMap<string, number>, terms: number): Float64Array {
  const counts = new Float64Array(terms);
  for (const [, lexeme = '', places = ''] of hits.matchAll(/'((?:[^']|'')*)':([\dA-D,]+)/g)) {
    const term = termOf.get(lexeme.replaceAll("''", "'").replaceAll('\\\\', '\\'));
    if (term !== undefined) counts[term] = (counts[term] ?? 0) + places.split(',').length;
  }
  return counts;
}

const FIRST_PERSON = new Set(['i', 'me', 'my', 'mine', 'myself', 'im', 'ive']);
/** How transcripts of chats call the person; "my" in his question means him. */
const PERSON_OF_CHAT = 'user';
const SHORTEST_NICKNAME = 3;

/** The participants whom a question names, by name, by the beginning of a name with a capital ("Mel"), or as himself. */
function namedIn({ text, words }: ReadQuestion, speakers: readonly string[]): string[] {
  const asked = new Set(words);
  const capitalised = (text.match(/\p{Lu}\p{L}+/gu) ?? []).map((word) => word.toLowerCase());
  const isNamed = (speaker: string) =>
    namesOf(speaker).some(
      (name) =>
        asked.has(name) || capitalised.some((word) => word.length >= SHORTEST_NICKNAME && name.startsWith(word)),
    ) ||
    (speaker.toLowerCase() === PERSON_OF_CHAT && words.some((word) => FIRST_PERSON.has(word)));
  return speakers.filter(isNamed);
}

/** The words of a speaker's name that can stand for him alone. */
function namesOf(speaker: string): string[] {
  return (speaker.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? []).filter((name) => name.length >= 2);
}
