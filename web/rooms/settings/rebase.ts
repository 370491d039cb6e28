import { text } from '../../text/settings-team.ts';
import type { LimitsDraft, ModelDraft, PriceDraft } from './tenant.ts';

/**
 * What becomes of a draft when somebody else has changed the settings meanwhile: what the user typed stays, and
 * everything else is as it is stored now. Pure.
 */

/** A setting as it is stored now, in words. */
export interface StoredLine {
  label: string;
  value: string;
}

const LIMITS = ['name', 'budget', 'concurrent', 'parallel', 'hosts'] as const;

export function rebasedLimits(mine: LimitsDraft, before: LimitsDraft, now: LimitsDraft): LimitsDraft {
  const own = LIMITS.filter((name) => mine[name] !== before[name]).map((name) => [name, mine[name]]);
  return { ...now, ...Object.fromEntries(own) };
}

export function limitLines(before: LimitsDraft, now: LimitsDraft): StoredLine[] {
  return LIMITS.filter((name) => now[name] !== before[name]).map((name) => ({
    label: text.team[name],
    value: now[name] === '' ? text.overtaken.none : now[name].replaceAll('\n', ', '),
  }));
}

export const rebasedModels = (mine: readonly ModelDraft[], before: readonly ModelDraft[], now: readonly ModelDraft[]) =>
  rebasedRows(mine, before, now, ({ worker }) => worker);

export function modelLines(before: readonly ModelDraft[], now: readonly ModelDraft[]): StoredLine[] {
  return changedRows(before, now, ({ worker }) => worker).map(({ key, row }) => ({
    label: text.models.names[key] ?? key,
    value: row === undefined || row.provider === '' ? text.overtaken.none : `${row.provider}/${row.model}`,
  }));
}

export const rebasedPrices = (mine: readonly PriceDraft[], before: readonly PriceDraft[], now: readonly PriceDraft[]) =>
  rebasedRows(mine, before, now, ({ model }) => model.trim());

export function priceLines(before: readonly PriceDraft[], now: readonly PriceDraft[]): StoredLine[] {
  return changedRows(before, now, ({ model }) => model).map(({ key, row }) => ({
    label: key,
    value: row === undefined ? text.overtaken.none : [row.input, row.output, row.cached].filter(Boolean).join(' / '),
  }));
}

/** A row that the user left as it was is as it is now, or gone. Rows that somebody else added come last. */
function rebasedRows<Row>(
  mine: readonly Row[],
  before: readonly Row[],
  now: readonly Row[],
  keyOf: (row: Row) => string,
): Row[] {
  const [old, fresh] = [byKey(before, keyOf), byKey(now, keyOf)];
  const kept = mine.flatMap((row) => (isSame(row, old.get(keyOf(row))) ? (fresh.get(keyOf(row)) ?? []) : row));
  const own = byKey(mine, keyOf);
  const added = now.filter((row) => !old.has(keyOf(row)) && !own.has(keyOf(row)));
  return [...kept, ...added];
}

function changedRows<Row>(before: readonly Row[], now: readonly Row[], keyOf: (row: Row) => string) {
  const [old, fresh] = [byKey(before, keyOf), byKey(now, keyOf)];
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .filter((key) => !isSame(old.get(key), fresh.get(key)))
    .map((key) => ({ key, row: fresh.get(key) }));
}

const byKey = <Row>(rows: readonly Row[], keyOf: (row: Row) => string) => new Map(rows.map((row) => [keyOf(row), row]));
const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
