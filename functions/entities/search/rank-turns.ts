import { rarityOf } from '../../platform/language/bm25.ts';
import type { ReadQuestion } from '../../platform/language/read-question.ts';
import type { Candidates } from './turn-candidates.ts';
import { measureTurns, type TurnSignals } from './turn-signals.ts';

/**
 * The weight of each signal relative to the turn's own words. Tuned on the LoCoMo conversations and rounded, because
 * the result is flat around these values.
 */
const WEIGHTS: Record<keyof TurnSignals, number> = {
  own: 1,
  before: 0.5,
  answered: 0.6,
  beforeThat: 0.3,
  after: 0.25,
  near: 0.5,
  around: 0.3,
  session: 0.7,
  day: 1.5,
  pieces: 0.4,
};

/**
 * Factors for a turn that the named participant spoke, for a turn with a time when the question asks when, with a
 * number when it asks how many, and in the first person.
 */
const BY_NAMED = 1.8;
const SAYS_WHEN = 1.8;
const SAYS_HOW_MANY = 1.2;
const IN_FIRST_PERSON = 1.2;
/** What a turn of a named participant has without any matching word, also when the question asks for names only. */
const NAMED_ALONE = 0.01;
const ONLY_NAMED = 3;
/** Questions seldom contain answers. */
const IS_QUESTION = 0.85;

const TIMES =
  /\b(?:yesterday|today|tonight|tomorrow|last|next|ago|weeks?|weekend|months?|years?|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|june|july|august|september|october|november|december|recently|morning|evening|since|(?:19|20)\d\d|\d+(?:st|nd|rd|th))\b/i;
const NUMBERS =
  /\b(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|couple|few|several|dozen|twice|once|both)\b/i;
const FIRST_PERSON = /\b(?:i|my|me|we|our)\b/i;

interface RankedTurn {
  session: string;
  position: number;
  /** Comparable only within one search. */
  score: number;
  /** Each signal between 0 and 1, and the factors that are not 1. */
  signals: Record<string, number>;
}

interface RankedTurns {
  turns: RankedTurn[];
  /** The share of the question's words, weighted by rarity, in the best turn and its neighbours: 0 to 1. */
  coverage: number;
}

/** Returns the candidates with a positive score, best first, newest first on ties. */
export function rankTurns(question: ReadQuestion, candidates: Candidates): RankedTurns {
  const signals = measureTurns(question, candidates);
  const names = Object.keys(WEIGHTS) as (keyof TurnSignals)[]; // Exactly its keys, by its type.
  const ranked = candidates.turns.map((turn, index) => {
    const base = candidates.named.has(turn.speaker) ? (candidates.isOnlyNames ? ONLY_NAMED : NAMED_ALONE) : 0;
    const sum = names.reduce((score, name) => score + WEIGHTS[name] * (signals[name][index] ?? 0), base);
    const factors = factorsOf(question, candidates, index);
    const score = Object.values(factors).reduce((product, factor) => product * factor, sum);
    return { turn, index, score, factors };
  });
  const best = ranked
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score || other.index - one.index);
  const turns = best.map(({ turn, index, score, factors }) => ({
    session: candidates.sessions[turn.session]?.id ?? '',
    position: turn.position,
    score,
    signals: {
      ...Object.fromEntries(names.map((name) => [name, round(signals[name][index] ?? 0)])),
      ...Object.fromEntries(Object.entries(factors).map(([name, factor]) => [`times_${name}`, round(factor)])),
    },
  }));
  return { turns, coverage: best[0] === undefined ? 0 : coverageAt(question, candidates, best[0].index) };
}

/**
 * Returns the coverage of the question at a turn. A word that no turn contains counts as much as a word of a single
 * turn.
 */
function coverageAt(question: ReadQuestion, candidates: Candidates, index: number): number {
  const { turns, names, worth, turnCount, named, isOnlyNames } = candidates;
  if (isOnlyNames && named.has(turns[index]?.speaker ?? '')) return 1;
  const around = turns
    .slice(Math.max(0, index - 1), index + 2)
    .filter(({ session }) => session === turns[index]?.session);
  const own = question.terms.flatMap(({ weight }, term) => (weight === 1 && !names.has(term) ? [term] : []));
  const tells = (term: number) => worth.ofTurn[term] || rarityOf(1, turnCount);
  const asked = own.reduce((sum, term) => sum + tells(term), 0);
  const there = own.filter((term) => around.some(({ counts }) => (counts[term] ?? 0) > 0));
  return asked === 0 ? 0 : there.reduce((sum, term) => sum + tells(term), 0) / asked;
}

function factorsOf(question: ReadQuestion, { turns, named }: Candidates, index: number): Record<string, number> {
  const turn = turns[index];
  if (turn === undefined) return {};
  return {
    // A long turn says more than its matching words show.
    length: Math.log(Math.max(turn.text.length, 2)) ** 0.2,
    ...(named.size === 1 && named.has(turn.speaker) ? { participant: BY_NAMED } : {}),
    ...(question.asksWhen && TIMES.test(turn.text) ? { time: SAYS_WHEN } : {}),
    ...(question.asksHowMany && NUMBERS.test(turn.text) ? { number: SAYS_HOW_MANY } : {}),
    ...(FIRST_PERSON.test(turn.text) ? { first_person: IN_FIRST_PERSON } : {}),
    ...(turn.isQuestion ? { question: IS_QUESTION } : {}),
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
