import { formatCount } from '../../../text/format.ts';
import { text } from '../../../text/memory.ts';

/** The words of a fact. Pure. */

export type FactScope = 'tenant' | 'sprint' | 'worker' | 'user';

/** The longest filter by words that the server takes, in characters and in words. */
export const LONGEST_WORDS = 200;
const MOST_WORDS = 20;

/** Returns the words of an address as the server takes them; undefined without any. */
export function readWords(word: string | undefined): string | undefined {
  const words = (word ?? '').slice(0, LONGEST_WORDS).trim().split(/\s+/).slice(0, MOST_WORDS).join(' ');
  return words === '' ? undefined : words;
}

/** How many facts a list has, as the server counted them. */
interface Total {
  facts: number;
  is_complete: boolean;
}

/** Returns how many facts a list has: "312 facts", "more than 1,000 facts". */
export function totalWords({ facts, is_complete: isComplete }: Total): string {
  return isComplete ? text.facts.count(facts) : text.facts.countAbove(facts);
}

/** Returns the same as a number beside a label: "312", "1,000+"; nothing without any. */
export function countWords({ facts, is_complete: isComplete }: Total): string | undefined {
  return facts === 0 ? undefined : `${formatCount(facts)}${isComplete ? '' : '+'}`;
}

/** Returns for whom a fact is: "You", "Worker backend", "One run". The page of a fact links its run. */
export function scopeLabel({ scope, scope_id: id }: { scope: FactScope; scope_id: string }): string {
  return scope === 'worker' ? `${text.scopes[scope]} ${id}` : text.scopes[scope];
}

/** Where a line of evidence is from. */
interface Origin {
  source_kind: string;
  source_id: string | null;
}

/** Returns the id of the run that a line of evidence is from: a worker's report, or what a person said in the task. */
export function runOf({ source_kind: kind, source_id: id }: Origin): string | undefined {
  if (id === null) return undefined;
  return kind === 'run' || isTaskOfRun(kind, id) ? id : undefined;
}

/** Returns where a line of evidence is from: "The task of a run", "Conversation", "Added by hand". */
export function originWords({ source_kind: kind, source_id: id }: Origin): string {
  return id !== null && isTaskOfRun(kind, id) ? text.facts.taskOfRun : (text.sourceKinds[kind] ?? kind);
}

/** Whether a person said it in a run's task. What a person adds by hand has no source. */
const isTaskOfRun = (kind: string, id: string) => kind === 'person' && id.startsWith('run_');

/** Returns since when and until when a fact is true: "since 3 March 2026", "from …" for a plan. */
export function validityOf(
  { valid_from: from, valid_to: to }: { valid_from: string; valid_to: string | null },
  format: (instant: string) => string,
  now = Date.now(),
): string {
  const since = `${Date.parse(from) > now ? text.facts.planned : text.facts.since} ${format(from)}`;
  return to === null ? since : `${since} ${text.facts.until} ${format(to)}`;
}

interface HistoryFact {
  id: string;
  merged_into: string | null;
  superseded_by: string | null;
  is_current: boolean;
}

/**
 * Returns what deleting a fact does to the others of its history: those that were merged into it, also by way of
 * others, go with it; what it had replaced is true again.
 */
export function effectOfDeletion<T extends HistoryFact>(
  id: string,
  history: readonly T[],
): { alsoGone: T[]; back: T[] } {
  const gone = new Set([id]);
  let count = 0;
  while (count < gone.size) {
    count = gone.size;
    for (const fact of history) if (fact.merged_into !== null && gone.has(fact.merged_into)) gone.add(fact.id);
  }
  const others = history.filter((fact) => fact.id !== id);
  const isCurrent = history.some((fact) => fact.id === id && fact.is_current);
  return {
    alsoGone: others.filter((fact) => gone.has(fact.id)),
    back: others.filter((fact) => isCurrent && fact.superseded_by === id && !gone.has(fact.id)),
  };
}

/** Facts that say the same, such as for a run and for its worker. The list shows them as one. */
export interface FactGroup<T> {
  fact: T;
  others: T[];
}

/** Groups facts by their sentence, in the order of the list. What is stored stays as it is. */
export function groupFacts<T extends { text: string }>(facts: readonly T[]): FactGroup<T>[] {
  const groups = new Map<string, FactGroup<T>>();
  for (const fact of facts) {
    const group = groups.get(fact.text);
    if (group === undefined) groups.set(fact.text, { fact, others: [] });
    else group.others.push(fact);
  }
  return [...groups.values()];
}

/** For whom else a fact of the same words is. Runs are counted; the link opens the first of their facts. */
interface OtherLabel {
  id: string;
  label: string;
}

/** Returns for whom the others of a group are, each once: "3 runs", "Worker backend". */
export function othersLabels(others: readonly { id: string; scope: FactScope; scope_id: string }[]): OtherLabel[] {
  const byLabel = new Map<string, { id: string; label: string; scope: FactScope; count: number }>();
  for (const { id, ...place } of others) {
    const label = scopeLabel(place);
    const known = byLabel.get(label);
    if (known === undefined) byLabel.set(label, { id, label, scope: place.scope, count: 1 });
    else known.count += 1;
  }
  return [...byLabel.values()].map(({ id, label, scope, count }) => ({
    id,
    label: scope === 'sprint' && count > 1 ? text.facts.runs(count) : label,
  }));
}

/** What a form starts with that corrects a fact. */
export type Draft = Pick<FactForm, 'text' | 'category' | 'scope' | 'scopeId'>;

/**
 * Returns what became of an added fact: it counts now, from a later day, or no more because a newer fact replaced it.
 */
export function addedWords(
  { valid_from: from, valid_to: to }: { valid_from: string; valid_to: string | null },
  format: (instant: string) => string,
  now = Date.now(),
): string {
  if (to !== null && Date.parse(to) <= now) return text.facts.addedAsOlder(format(to));
  return Date.parse(from) > now ? text.facts.addedAsPlan(format(from)) : text.facts.added;
}

interface FactForm {
  text: string;
  category: string;
  scope: FactScope;
  scopeId: string;
  validFrom: string;
}

/** Returns the body of `POST /memory`; what the form leaves empty is left out. The day begins in the browser's zone. */
export function factBody({ text: sentence, category, scope, scopeId, validFrom }: FactForm) {
  return {
    text: sentence.trim(),
    scope,
    ...(category.trim() === '' ? {} : { category: category.trim() }),
    ...((scope === 'worker' || scope === 'sprint') && scopeId.trim() !== '' ? { scope_id: scopeId.trim() } : {}),
    ...(validFrom === '' ? {} : { valid_from: new Date(`${validFrom}T00:00:00`).toISOString() }),
  };
}
