import { bm25, characterNgrams, rarityOf, scaled } from '../../platform/language/bm25.ts';
import type { ReadQuestion } from '../../platform/language/read-question.ts';
import type { Candidates } from './turn-candidates.ts';

/** One number for each turn, divided by the maximum of the signal. */
type Signal = Float64Array;

/** The signals of a turn: its own words, its neighbours, its session and its day. None needs a model. */
export interface TurnSignals {
  /** BM25 of the turn's own words. */
  own: Signal;
  before: Signal;
  beforeThat: Signal;
  after: Signal;
  /** The words of the preceding question of another speaker. */
  answered: Signal;
  /** BM25 of the text with 2 (`near`) and 5 (`around`) turns on either side. */
  near: Signal;
  around: Signal;
  session: Signal;
  /** The day of the session, when the question names one. */
  day: Signal;
  /** Word pieces; they tolerate inflection and typing errors. */
  pieces: Signal;
}

export function measureTurns(question: ReadQuestion, candidates: Candidates): TurnSignals {
  const { turns, worth, meanSize } = candidates;
  const own = scaled(Float64Array.from(turns, ({ counts, size }) => bm25(counts, worth.ofTurn, size, meanSize)));
  return {
    own,
    before: shifted(own, candidates, -1),
    beforeThat: shifted(own, candidates, -2),
    after: shifted(own, candidates, 1),
    answered: answeredQuestions(own, candidates),
    near: windows(question, candidates, 2),
    around: windows(question, candidates, 5),
    session: sessionWords(candidates),
    day: sessionDays(question, candidates),
    pieces: wordPieces(question, candidates),
  };
}

/** Returns the signal shifted by a number of turns within the session. */
function shifted(signal: Signal, { turns }: Candidates, by: number): Signal {
  return signal.map((_, index) => {
    const isSameSession = turns[index + by]?.session === turns[index]?.session;
    return isSameSession ? (signal[index + by] ?? 0) : 0;
  });
}

function answeredQuestions(own: Signal, { turns }: Candidates): Signal {
  return own.map((_, index) => {
    const turn = turns[index];
    const before = turns[index - 1];
    if (turn === undefined || before === undefined || before.session !== turn.session) return 0;
    return before.isQuestion && before.speaker !== turn.speaker ? (own[index - 1] ?? 0) : 0;
  });
}

/** Returns BM25 of each turn with its neighbours as one text. Rarity is counted among these texts. */
function windows(question: ReadQuestion, { turns, sessions }: Candidates, reach: number): Signal {
  const terms = question.terms.length;
  const sizes = new Float64Array(turns.length);
  const having = new Float64Array(terms);
  const texts = turns.map(() => new Float64Array(terms));
  for (const { first, end } of sessions) {
    for (let index = first; index < end; index += 1) {
      const counts = texts[index] ?? new Float64Array(terms);
      for (let other = Math.max(first, index - reach); other <= Math.min(end - 1, index + reach); other += 1) {
        sizes[index] = (sizes[index] ?? 0) + (turns[other]?.size ?? 0);
        addTo(counts, turns[other]?.counts);
      }
      for (let term = 0; term < terms; term += 1) if (counts[term]) having[term] = (having[term] ?? 0) + 1;
    }
  }
  const worth = having.map((count, term) => (question.terms[term]?.weight ?? 0) * rarityOf(count, turns.length));
  const meanSize = sumOf(sizes) / Math.max(turns.length, 1);
  return scaled(Float64Array.from(texts, (counts, index) => bm25(counts, worth, sizes[index] ?? 0, meanSize)));
}

function sessionWords({ turns, sessions, worth, meanSessionSize }: Candidates): Signal {
  const scores = new Float64Array(turns.length);
  for (const { first, end } of sessions) {
    const counts = new Float64Array(worth.ofSession.length);
    let size = 0;
    for (const turn of turns.slice(first, end)) {
      addTo(counts, turn.counts);
      size += turn.size;
    }
    scores.fill(bm25(counts, worth.ofSession, size, meanSessionSize), first, end);
  }
  return scaled(scores);
}

/** Scores sessions by matching parts of a date. A part counts more the fewer sessions share it. */
function sessionDays({ dates }: ReadQuestion, { turns, sessions, sessionCount }: Candidates): Signal {
  const parts = sessions.map(({ began }) => [
    ...dates.months.map((month) => began.getUTCMonth() + 1 === month),
    ...dates.years.map((year) => began.getUTCFullYear() === year),
    ...dates.days.map((day) => began.getUTCDate() === day),
  ]);
  const worth = (parts[0] ?? []).map((_, part) =>
    rarityOf(parts.filter((fits) => fits[part]).length, Math.max(sessionCount, parts.length)),
  );
  const scores = new Float64Array(turns.length);
  for (const [index, { first, end }] of sessions.entries()) {
    const fits = parts[index] ?? [];
    scores.fill(
      worth.reduce((sum, value, part) => sum + (fits[part] ? value : 0), 0),
      first,
      end,
    );
  }
  return scaled(scores);
}

function wordPieces(question: ReadQuestion, { turns, names }: Candidates): Signal {
  // Synonyms are excluded: pieces match the spelling of the asked words only.
  const asked = question.terms.filter(({ weight }, term) => weight === 1 && !names.has(term));
  const places = new Map<string, number>();
  for (const { words } of asked)
    for (const piece of characterNgrams(words[0] ?? '')) places.set(piece, places.get(piece) ?? places.size);
  const having = new Float64Array(places.size);
  const sizes = new Float64Array(turns.length);
  const texts = turns.map(({ text }, index) => {
    const counts = new Float64Array(places.size);
    for (const piece of characterNgrams(text)) {
      sizes[index] = (sizes[index] ?? 0) + 1;
      const place = places.get(piece);
      if (place !== undefined) counts[place] = (counts[place] ?? 0) + 1;
    }
    for (let place = 0; place < counts.length; place += 1) if (counts[place]) having[place] = (having[place] ?? 0) + 1;
    return counts;
  });
  const tells = having.map((count) => rarityOf(count, turns.length));
  const meanSize = sumOf(sizes) / Math.max(turns.length, 1);
  return scaled(Float64Array.from(texts, (counts, index) => bm25(counts, tells, sizes[index] ?? 0, meanSize)));
}

function addTo(sum: Float64Array, counts: Float64Array | undefined): void {
  if (counts === undefined) return;
  for (let term = 0; term < sum.length; term += 1) sum[term] = (sum[term] ?? 0) + (counts[term] ?? 0);
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
