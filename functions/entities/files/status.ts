import type { Ontology } from './ontology.ts';

/** A status of an entity or a follow-up, and other words for it. `isClosed`: no work is left. */
interface Status {
  also: readonly string[];
  isClosed?: boolean;
}
type Statuses = Record<string, Status>;

const ACTIVE = { also: ['ongoing', 'current', 'in progress', 'running', 'started', 'live', 'open'] };
const PLANNED = { also: ['upcoming', 'scheduled', 'proposed', 'not started', 'backlog', 'idea'] };
const DONE = { also: ['completed', 'complete', 'finished', 'closed', 'delivered', 'shipped'], isClosed: true };
const CANCELLED = { also: ['canceled', 'dropped', 'abandoned', 'called off', "won't do", 'wont do'], isClosed: true };

/** Statuses by ontology and kind. A kind without an entry has no status. */
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

/** Returns the statuses of a kind; empty for a kind without status. */
export function statusesOf(ontology: Ontology, kind: string): string[] {
  return Object.keys(STATUSES[ontology][kind] ?? {});
}

/**
 * Returns the status that a text means; undefined when it is unknown. Text in brackets is ignored ("active (since
 * May)"). An open status may be followed by more words ("blocked by the bank"). A closed status must stand alone, so
 * that "done, I think" closes nothing.
 */
export function statusOf(ontology: Ontology, kind: string, words: string): string | undefined {
  return statusIn(STATUSES[ontology][kind] ?? {}, words);
}

/** Returns the status of a follow-up, and whether it is closed. An unknown status is not closed. */
export function followUpStatus(words: string): { status: string | undefined; isClosed: boolean } {
  const status = statusIn(FOLLOW_UP, words);
  return { status, isClosed: status !== undefined && FOLLOW_UP[status]?.isClosed === true };
}

function statusIn(statuses: Statuses, words: string): string | undefined {
  const said = plain(words.slice(0, 200).replaceAll(/\([^()]*\)|\[[^[\]]*\]/g, ' '));
  const known = Object.entries(statuses).flatMap(([status, { also, isClosed = false }]) =>
    [status, ...also].map((word) => ({ status, isClosed, word: plain(word) })),
  );
  // Longest first: "not started" must not match "started".
  known.sort((one, other) => other.word.length - one.word.length);
  return known.find(({ word, isClosed }) => said === word || (!isClosed && said.startsWith(`${word} `)))?.status;
}

function plain(words: string): string {
  return words
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, ' ')
    .replace(/(?<![.!])[.!]+$/, '')
    .trim();
}
