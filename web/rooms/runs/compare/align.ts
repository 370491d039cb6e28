import type { Answer, Item } from '../../../api/client.ts';
import { lookOf } from '../../../parts/status.ts';
import { text } from '../../../text/compare.ts';
import { formatCount, formatDuration, formatMoney } from '../../../text/format.ts';

/** What two runs have in common, and what not. Pure: the page only draws it. */

export type Run = Answer<'/api/v1/runs/{id}', 'get'>;
export type RunNode = Run['graph']['nodes'][number];
export type RunFile = Item<'/api/v1/runs/{id}/files'>;

/** A thing of run A, of run B, or of both. */
export interface Pair<T> {
  name: string;
  a: T | undefined;
  b: T | undefined;
}

/** Pairs things by name: those of A in their order, then those that only B has. */
export function pairsOf<T>(a: readonly T[], b: readonly T[], nameOf: (thing: T) => string): Pair<T>[] {
  const others = new Map(b.map((thing) => [nameOf(thing), thing]));
  const pairs: Pair<T>[] = a.map((thing) => {
    const name = nameOf(thing);
    const other = others.get(name);
    others.delete(name);
    return { name, a: thing, b: other };
  });
  return [...pairs, ...[...others].map(([name, thing]) => ({ name, a: undefined, b: thing }))];
}

export interface FileChange extends Pair<RunFile> {
  kind: 'added' | 'removed' | 'changed';
}

/** Returns the files that differ, by path, and how many are the same in both. */
export function fileChangesOf(a: readonly RunFile[], b: readonly RunFile[]): { changes: FileChange[]; same: number } {
  const pairs = pairsOf(a, b, ({ path }) => path);
  const changes = pairs
    .flatMap((pair): FileChange[] => {
      if (pair.a === undefined) return [{ ...pair, kind: 'added' }];
      if (pair.b === undefined) return [{ ...pair, kind: 'removed' }];
      return pair.a.sha256 === pair.b.sha256 ? [] : [{ ...pair, kind: 'changed' }];
    })
    .sort((one, other) => one.name.localeCompare(other.name));
  return { changes, same: pairs.length - changes.length };
}

export interface FactRow {
  label: string;
  a: string;
  b: string;
  /** How B differs, in a short text; undefined where a difference says nothing. */
  difference?: string | undefined;
}

/** Returns the ids of the nodes that a replay took over from its first run, whichever of the two it is. */
export function keptIn(a: Run, b: Run): ReadonlySet<string> {
  return new Set([a, b].flatMap(({ graph }) => graph.nodes.flatMap(({ id, is_kept }) => (is_kept ? [id] : []))));
}

/**
 * Returns the facts of both runs side by side. What a replay kept was run in one of them only: its turns are in no
 * difference, and how long the runs took says nothing then.
 */
export function factsOf(a: Run, b: Run, now: number): FactRow[] {
  const kept = keptIn(a, b);
  const [timeA, timeB] = [lengthOf(a, now), lengthOf(b, now)];
  const anew = turnsOf(b, kept) - turnsOf(a, kept);
  return [
    {
      label: text.status,
      a: lookOf(a.status).word,
      b: lookOf(b.status).word,
      difference: a.status === b.status ? text.same : undefined,
    },
    {
      label: text.duration,
      a: timeA === undefined ? '–' : formatDuration(timeA),
      b: timeB === undefined ? '–' : formatDuration(timeB),
      difference:
        timeA === undefined || timeB === undefined || kept.size > 0
          ? undefined
          : signed(timeB - timeA, (value) => formatDuration(value)),
    },
    {
      label: text.cost,
      a: formatMoney(a.cost_usd),
      b: formatMoney(b.cost_usd),
      difference: moneyDifference(a.cost_usd, b.cost_usd),
    },
    {
      label: text.tokens,
      a: formatCount(a.tokens.total),
      b: formatCount(b.tokens.total),
      difference: signed(b.tokens.total - a.tokens.total, formatCount),
    },
    {
      label: text.turns,
      a: formatCount(turnsOf(a)),
      b: formatCount(turnsOf(b)),
      difference: signed(anew, formatCount),
    },
    {
      label: text.models,
      a: modelsOf(a),
      b: modelsOf(b),
      difference: modelsOf(a) === modelsOf(b) ? text.same : undefined,
    },
    {
      label: text.budget,
      a: a.budget_usd === null ? text.none : formatMoney(a.budget_usd),
      b: b.budget_usd === null ? text.none : formatMoney(b.budget_usd),
      difference: a.budget_usd === b.budget_usd ? text.same : undefined,
    },
  ];
}

function turnsOf({ graph }: Pick<Run, 'graph'>, without: ReadonlySet<string> = new Set()): number {
  return graph.nodes.reduce((sum, { id, turns }) => sum + (without.has(id) ? 0 : turns), 0);
}

function lengthOf(run: Pick<Run, 'started_at' | 'completed_at'>, now: number): number | undefined {
  if (run.started_at === null) return undefined;
  const end = run.completed_at === null ? now : Date.parse(run.completed_at);
  return Math.max(0, end - Date.parse(run.started_at));
}

function modelsOf({ graph }: Run): string {
  const models = graph.nodes.flatMap(({ provider, model }) => (model === null ? [] : [`${provider}/${model}`]));
  return models.length === 0 ? '–' : [...new Set(models)].sort().join(', ');
}

function signed(value: number, format: (value: number) => string): string {
  return value === 0 ? text.same : `${value > 0 ? '+' : '−'}${format(Math.abs(value))}`;
}

/** Money has at most ten decimals; a JavaScript number would lose digits. */
const DECIMALS = 10;

/** Returns how B's amount differs from A's, with all digits: "+$0.0012", or "same". */
export function moneyDifference(a: string, b: string): string {
  const units = unitsOf(b) - unitsOf(a);
  if (units === 0n) return text.same;
  const digits = String(units < 0n ? -units : units).padStart(DECIMALS + 1, '0');
  const amount = `${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`;
  return `${units > 0n ? '+' : '−'}${formatMoney(amount)}`;
}

function unitsOf(amount: string): bigint {
  const [whole = '0', decimals = ''] = amount.split('.');
  return BigInt(whole + decimals.slice(0, DECIMALS).padEnd(DECIMALS, '0'));
}
