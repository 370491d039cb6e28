import type { Ontology } from './ontology.ts';

/** A status that an entity of a kind, or a follow-up, may have, and other words for it. `isClosed`: nothing is to be done any more. */
interface Status {
  also: readonly string[];
  isClosed?: boolean;
}
type Statuses = Record<string, Status>;

const ACTIVE = { also: ['ongoing', 'current', 'in progress', 'running', 'started', 'live', 'open'] };
const PLANNED = { also: ['upcoming', 'scheduled', 'proposed', 'not started', 'backlog', 'idea'] };
const DONE = { also: ['completed', 'complete', 'finished', 'closed', 'delivered', 'shipped'], isClosed: true };
const CANCELLED = { also: ['canceled', 'dropped', 'abandoned', 'called off', "won't do", 'wont do'], isClosed: true };

/** Statuses by ontology and kind. A kind without an entry has none. */
const STATUSES: Record<Ontology, Record<string, Statuses>> = {
  personal: {
    context: {
      planned: PLANNED,
      active: ACTIVE,
      paused: { also: ['on hold', 'waiting'] },
      done: DONE,
      cancelled: CANCELLED,
    },
    event: {
      planned: PLANNED,
      happened: { also: ['past', 'over', 'took place', 'done'], isClosed: true },
      cancelled: CANCELLED,
    },
  },
  corporate: {
    person: {
      active: { also: ['current', 'employed'] },
      away: { also: ['on leave', 'sabbatical'] },
      left: { also: ['former', 'departed', 'alumni'], isClosed: true },
    },
    project: {
      planned: PLANNED,
      active: ACTIVE,
      blocked: { also: ['stuck', 'waiting', 'on hold', 'paused'] },
      done: DONE,
      cancelled: CANCELLED,
    },
    external: {
      prospect: { also: ['lead', 'potential'] },
      active: { also: ['current', 'customer', 'partner', 'signed'] },
      former: { also: ['past', 'churned', 'ended'], isClosed: true },
    },
    decision: {
      proposed: { also: ['draft', 'pending', 'open', 'under discussion'] },
      accepted: { also: ['approved', 'decided', 'agreed'] },
      rejected: { also: ['declined'], isClosed: true },
      superseded: { also: ['replaced', 'obsolete', 'deprecated'], isClosed: true },
    },
  },
};

const FOLLOW_UP: Statuses = {
  open: { also: ['todo', 'to do', 'new', 'pending', 'not started'] },
  in_progress: { also: ['in progress', 'doing', 'started', 'ongoing', 'wip', 'active'] },
  blocked: { also: ['stuck', 'waiting', 'on hold'] },
  done: DONE,
  cancelled: CANCELLED,
};

/** The statuses of a kind; none for one that has none. */
export function statusesOf(ontology: Ontology, kind: string): string[] {
  return Object.keys(STATUSES[ontology][kind] ?? {});
}

/**
 * The status that somebody's words mean. What stands in brackets is passed over ("active (since May)"), and an open status may go on ("blocked by the bank"); a closed one
 * must be said alone, so that no word that we do not know ("done, I think") ever closes anything. Undefined for what we do not know.
 */
export function statusOf(ontology: Ontology, kind: string, words: string): string | undefined {
  return meant(STATUSES[ontology][kind] ?? {}, words);
}

/** The status of a follow-up, and whether there is still something to do; what we do not know is not done. */
export function followUpStatus(words: string): { status: string | undefined; isClosed: boolean } {
  const status = meant(FOLLOW_UP, words);
  return { status, isClosed: status !== undefined && FOLLOW_UP[status]?.isClosed === true };
}

function meant(statuses: Statuses, words: string): string | undefined {
  const said = plain(words.slice(0, 200).replaceAll(/\([^()]*\)|\[[^[\]]*\]/g, ' '));
  const known = Object.entries(statuses).flatMap(([status, { also, isClosed = false }]) =>
    [status, ...also].map((word) => ({ status, isClosed, word: plain(word) })),
  );
  // The longest first: "not started" is not "started".
  known.sort((one, other) => other.word.length - one.word.length);
  return known.find(({ word, isClosed }) => said === word || (!isClosed && said.startsWith(`${word} `)))?.status;
}

function plain(words: string): string {
  return words
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ')
    .replace(/[.!]+$/, '')
    .trim();
}
