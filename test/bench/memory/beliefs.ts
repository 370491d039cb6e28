import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Person, TestServer } from '../../support/server.ts';

/** What a new fact does to a known one: replaces it, repeats it, or leaves it alone. */
const Relation = z.enum(['supersedes', 'same', 'unrelated']);
export type Relation = z.infer<typeof Relation>;

/** Rules are written with the pairs of `tuning` in view; only the figures of `judging` tell how good they are. */
export const HALVES = ['tuning', 'judging'] as const;
export type Half = (typeof HALVES)[number];

export interface Pair {
  label: Relation;
  known: string;
  fresh: string;
}

/** Reads the labelled pairs of one half, `pairs/<half>.txt`. @throws Error for a line that is no pair */
export function readPairs(half: Half): Pair[] {
  return readFileSync(new URL(`./pairs/${half}.txt`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [label, known = '', fresh = '', ...rest] = line.split(' | ');
      if (known === '' || fresh === '' || rest.length > 0) throw new Error(`${half}.txt: no pair: ${line}`);
      return { label: Relation.parse(label), known, fresh };
    });
}

export interface BeliefFigures {
  pairs: number;
  /** Percent of the unrelated pairs of which the known fact was superseded. It hides a true fact. */
  false_supersession: number;
  /** Percent of the pairs that are not the same of which the new fact was dropped as a repetition. */
  false_same: number;
  /** Percent of the superseding pairs of which the known fact stayed. It leaves an old fact beside a true one. */
  missed_supersession: number;
  /** Percent of the same pairs that became two facts. */
  missed_same: number;
  /** Each pair that was judged in another way than its label says, with what happened. */
  wrong: (Pair & { outcome: Relation })[];
}

/** Counts the outcomes of labelled pairs. */
export function beliefFigures(judged: readonly (Pair & { outcome: Relation })[]): BeliefFigures {
  const percent = (pairs: typeof judged, outcome: Relation) =>
    pairs.length === 0
      ? 0
      : Math.round((1000 * pairs.filter((pair) => pair.outcome === outcome).length) / pairs.length) / 10;
  const of = (...labels: Relation[]) => judged.filter(({ label }) => labels.includes(label));
  return {
    pairs: judged.length,
    false_supersession: percent(of('unrelated'), 'supersedes'),
    false_same: percent(of('unrelated', 'supersedes'), 'same'),
    missed_supersession: percent(of('supersedes'), 'unrelated'),
    missed_same: percent(of('same'), 'unrelated'),
    wrong: judged.filter(({ label, outcome }) => label !== outcome),
  };
}

export type BeliefResult = Record<Half, BeliefFigures>;

/**
 * Measures what new facts do to known ones without a model. Adds both facts of each pair over HTTP, in a scope that
 * holds nothing else, and reads from the list which of them are left.
 */
export async function measureBeliefs(server: TestServer): Promise<BeliefResult> {
  const person = await server.signUp();
  const measure = async (half: Half) => {
    const judged: (Pair & { outcome: Relation })[] = [];
    for (const [index, pair] of readPairs(half).entries())
      judged.push({ ...pair, outcome: await addBoth(server, person, `${half}-${index}`, pair) });
    return beliefFigures(judged);
  };
  return { tuning: await measure('tuning'), judging: await measure('judging') };
}

const Added = z.looseObject({ id: z.string() });
const Newest = z.looseObject({ items: z.array(Added) });

async function addBoth(server: TestServer, { token }: Person, scopeId: string, pair: Pair): Promise<Relation> {
  const add = async (text: string) => {
    const body = { text, scope: 'worker', scope_id: scopeId };
    const answer = await server.call('POST', '/api/v1/memory', { token, body });
    if (answer.status !== 200 && answer.status !== 201)
      throw new Error(`The product refused a fact: ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`);
    return Added.parse(answer.body).id;
  };
  const known = await add(pair.known);
  if ((await add(pair.fresh)) === known) return 'same';
  const { body } = await server.call('GET', '/api/v1/memory?limit=2', { token });
  return Newest.parse(body).items.some(({ id }) => id === known) ? 'unrelated' : 'supersedes';
}
