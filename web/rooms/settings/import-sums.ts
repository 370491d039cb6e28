import type { Answer, Item } from '../../api/client.ts';
import { text } from '../../text/settings-import.ts';

export type Import = Answer<'/api/v1/imports/{id}', 'get'>;
export type Line = Item<'/api/v1/imports/{id}/items'>;
export type Kind = Line['kind'];
export type Outcome = Line['outcome'];
type Count = Import['counts'][number];
/** A kind that becomes something here. */
type WrittenKind = keyof typeof text.things;

export const KINDS = Object.keys(text.many) as Kind[];
export const OUTCOMES = Object.keys(text.outcomes) as Outcome[];
const REFUSED: readonly Outcome[] = ['skipped', 'not_imported', 'failed'];

export const isWritten = (kind: Kind): kind is WrittenKind => Object.hasOwn(text.things, kind);

/** The counts of each kind that an import has, in the order of the kinds and outcomes. */
export function rowsOf(counts: readonly Count[]): { kind: Kind; counts: Count[] }[] {
  return KINDS.map((kind) => ({
    kind,
    counts: OUTCOMES.flatMap((outcome) => counts.filter((count) => count.kind === kind && count.outcome === outcome)),
  })).filter((row) => row.counts.length > 0);
}

/** Returns the sum of an outcome over all kinds. */
export function sumOf(counts: readonly Count[], ...outcomes: Outcome[]): number {
  return counts.filter(({ outcome }) => outcomes.includes(outcome)).reduce((sum, { items }) => sum + items, 0);
}

/** Says what an import has written, or would write, in sentences. */
export function sentencesOf({ counts, dry_run: isDry }: Pick<Import, 'counts' | 'dry_run'>): string[] {
  const words = isDry ? text.wouldWrite : text.written;
  const thingsOf = (outcome: Outcome) =>
    rowsOf(counts).flatMap(({ kind, counts: own }) => {
      const items = sumOf(own, outcome);
      return items > 0 && isWritten(kind) ? [text.things[kind](items)] : [];
    });
  const forEverybody = counts.some(
    ({ kind, outcome }) =>
      (kind === 'group_chat' || kind === 'knowledge') && (outcome === 'created' || outcome === 'updated'),
  );
  const [created, updated] = [thingsOf('created'), thingsOf('updated')];
  const [same, refused] = [sumOf(counts, 'unchanged'), sumOf(counts, ...REFUSED)];
  return [
    ...(created.length > 0 ? [words.created(created)] : []),
    ...(updated.length > 0 ? [words.updated(updated)] : []),
    ...(created.length + updated.length === 0 ? [words.nothing] : []),
    ...(forEverybody ? [text.forEverybody] : []),
    ...(same > 0 ? [text.unchanged(same)] : []),
    ...(refused > 0 ? [text.refused(refused)] : []),
  ];
}

/** Returns where an item is here; undefined when it is nowhere. */
export function addressOf({ kind, outcome, target_id: target }: Line): string | undefined {
  if (target === null || outcome === 'failed' || outcome === 'skipped') return undefined;
  const id = encodeURIComponent(target);
  if (kind === 'conversation' || kind === 'session') return `/chat/${id}`;
  if (kind === 'group_chat' || kind === 'knowledge') return `/village?on=${id}`;
  if (kind === 'fact') return `/memory/facts?fact=${id}`;
  if (kind === 'memory_key') return `/memory/keys?key=${id}`;
  return kind === 'preferences' ? '/memory/preferences' : undefined;
}

/** The look of the chip of an outcome. */
export const LOOKS = {
  created: 'done',
  updated: 'done',
  unchanged: 'plain',
  skipped: 'attention',
  not_imported: 'attention',
  failed: 'failed',
} as const;
