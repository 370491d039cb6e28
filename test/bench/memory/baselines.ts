import { z } from 'zod';
import type { Turn } from '../../../functions/entities/files/archive.ts';
import type { Scoped } from '../../../functions/platform/database/database.ts';
import { embedTexts } from '../../../functions/usage/embed-texts.ts';
import { placeOf } from './locomo.ts';

/** The baselines over the same turns as the product: a ranking of places for a question. */
export type Baseline = (question: string) => Promise<string[]>;

export const BASELINES = {
  bm25: '(a) BM25 over turns, as DiffMem',
  full_text: '(b) Postgres full text',
  vectors: '(c) vectors (feature hashing)',
  fusion: '(d) reciprocal rank fusion of (b), (c)',
} as const;
export type BaselineName = keyof typeof BASELINES;

const Lexemes = z.array(z.tuple([z.string(), z.number()]));
const forever = new AbortController().signal;

/** Opens the baselines; `scoped` sees the turns of one user. */
export async function openBaselines(
  scoped: Scoped,
  sessions: readonly { id: string; turns: readonly Turn[] }[],
): Promise<Record<BaselineName, Baseline>> {
  const places = sessions.flatMap(({ id, turns }) => turns.map((_, position) => placeOf(id, position)));
  const texts = sessions.flatMap(({ turns }) =>
    turns.map(({ speaker, text, caption }) => `${speaker}: ${text} ${caption ?? ''}`),
  );
  const bm25 = await openBm25(scoped, places, texts);
  const vectors = await openVectors(places, texts);
  const fullText: Baseline = async (question) => {
    const rows = await scoped.query<{ session_id: string; position: number }>({
      name: 'bench_full_text',
      text: `select session_id, position
        from memory_turns, lateral (select replace(plainto_tsquery('english', $1)::text, '&', '|')::tsquery as asked) q,
          lateral (select to_tsvector('english', speaker || ' ' || text || ' ' || coalesce(caption, '')) as words) w
        where w.words @@ q.asked order by ts_rank_cd(w.words, q.asked) desc, said_at desc, position desc`,
      values: [question],
    });
    return rows.map(({ session_id, position }) => placeOf(session_id, position));
  };
  const fusion: Baseline = async (question) => fuse([await fullText(question), await vectors(question)]);
  return { bm25, full_text: fullText, vectors, fusion };
}

const K1 = 1.2;
const B = 0.75;

/** BM25 over stemmed words without stop words; a turn is a document. */
async function openBm25(scoped: Scoped, places: readonly string[], texts: readonly string[]): Promise<Baseline> {
  const documents = (await lexemesOf(scoped, texts)).map((list) => ({
    counts: new Map(list),
    size: list.reduce((sum, [, count]) => sum + count, 0),
  }));
  const meanSize = documents.reduce((sum, { size }) => sum + size, 0) / Math.max(documents.length, 1);
  return async (question) => {
    const asked = ((await lexemesOf(scoped, [question]))[0] ?? []).map(([lexeme]) => lexeme);
    const worth = asked.map((lexeme) => {
      const having = documents.filter(({ counts }) => counts.has(lexeme)).length;
      return Math.log(1 + (documents.length - having + 0.5) / (having + 0.5));
    });
    const scores = documents.map(({ counts, size }) =>
      asked.reduce((sum, lexeme, index) => {
        const count = counts.get(lexeme) ?? 0;
        return sum + ((worth[index] ?? 0) * count * (K1 + 1)) / (count + K1 * (1 - B + (B * size) / meanSize));
      }, 0),
    );
    return bestFirst(places, scores);
  };
}

async function lexemesOf(scoped: Scoped, texts: readonly string[]): Promise<z.infer<typeof Lexemes>[]> {
  const rows = await scoped.query<{ lexemes: unknown }>({
    name: 'bench_lexemes',
    text: `select coalesce((select json_agg(json_build_array(l.lexeme, cardinality(l.positions))) from unnest(to_tsvector('english', t.text)) l), '[]') as lexemes
      from unnest($1::text[]) with ordinality as t (text, place) order by t.place`,
    values: [texts],
  });
  return rows.map(({ lexemes }) => Lexemes.parse(lexemes));
}

async function openVectors(places: readonly string[], texts: readonly string[]): Promise<Baseline> {
  const { vectors } = await embedTexts([...texts], 'document', forever);
  return async (question) => {
    const [asked = []] = (await embedTexts([question], 'query', forever)).vectors;
    const scores = vectors.map((vector) => vector.reduce((sum, value, index) => sum + value * (asked[index] ?? 0), 0));
    return bestFirst(places, scores);
  };
}

/** Ranks by score, the newer first on equal scores, without scores of zero. */
function bestFirst(places: readonly string[], scores: readonly number[]): string[] {
  return places
    .map((place, index) => ({ place, index, score: scores[index] ?? 0 }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score || other.index - one.index)
    .map(({ place }) => place);
}

function fuse(rankings: readonly (readonly string[])[]): string[] {
  const scores = new Map<string, number>();
  for (const ranking of rankings) {
    for (const [index, place] of ranking.entries()) scores.set(place, (scores.get(place) ?? 0) + 1 / (61 + index));
  }
  return [...scores].sort(([, one], [, other]) => other - one).map(([place]) => place);
}
