import { keyOf, type Row, rowOf } from './rows.ts';
import type { Delta, LogEvent } from './run-event.ts';

/**
 * The time line of a run as it is known here: a window of the log that grows at both ends. Pure: every function returns
 * a new log and leaves the given one as it was. A row that did not change stays the same object.
 */
export interface RunLog {
  /** By the number of the first event. */
  rows: readonly Row[];
  /** Calls without an end so far, and calls whose start is on an older page, by key. Both stay small. */
  running: ReadonlyMap<string, Row>;
  orphans: ReadonlyMap<string, Row>;
  /** The last recorded turn of each node. */
  lastTurns: ReadonlyMap<string, number>;
  /** The numbers of the first and the last event of the window; 0 and 0 while it is empty. */
  firstSeq: number;
  lastSeq: number;
  /** What workers are writing now, by node. */
  live: ReadonlyMap<string, LiveText>;
}

export interface LiveText {
  node: string;
  who: string;
  turn: number;
  text: string;
}

/** The live text that is kept of a turn. The row of the turn has the whole text when it is recorded. */
const LONGEST_LIVE = 20_000;

export const EMPTY_LOG: RunLog = {
  rows: [],
  running: new Map(),
  orphans: new Map(),
  lastTurns: new Map(),
  firstSeq: 0,
  lastSeq: 0,
  live: new Map(),
};

/** Adds events that follow. Events that are known already are left out, whatever order they come in. */
export function addNewer(log: RunLog, events: readonly LogEvent[]): RunLog {
  const fresh = events.filter(({ seq }) => seq > log.lastSeq).sort((one, other) => one.seq - other.seq);
  const first = fresh[0];
  const last = fresh.at(-1);
  if (first === undefined || last === undefined) return log;
  const rows = [...log.rows];
  const running = new Map(log.running);
  const orphans = new Map(log.orphans);
  const lastTurns = new Map(log.lastTurns);
  let live = log.live;
  for (const event of fresh) {
    const known = running.get(keyOf(event));
    const row = rowOf(event, known);
    if (known === undefined) rows.push(row);
    else rows[indexOf(rows, known)] = row;
    if (row.state === 'running') running.set(row.key, row);
    else running.delete(row.key);
    if (known === undefined && event.type === 'tool_completed') orphans.set(row.key, row);
    if (row.kind === 'turn' && row.node !== undefined)
      lastTurns.set(row.node, Math.max(row.turn ?? 0, lastTurns.get(row.node) ?? 0));
    live = withoutEnded(live, event, row);
  }
  return { rows, running, orphans, lastTurns, live, firstSeq: log.firstSeq || first.seq, lastSeq: last.seq };
}

/** Adds events that precede, such as the next page of the log read newest first. */
export function addOlder(log: RunLog, events: readonly LogEvent[]): RunLog {
  if (log.lastSeq === 0) return addNewer(log, events);
  const fresh = events.filter(({ seq }) => seq < log.firstSeq).sort((one, other) => one.seq - other.seq);
  const first = fresh[0];
  if (first === undefined) return log;
  const older: Row[] = [];
  const rows = [...log.rows];
  const running = new Map<string, Row>();
  const orphans = new Map(log.orphans);
  for (const event of fresh) {
    const key = keyOf(event);
    const later = event.type === 'tool_started' ? (orphans.get(key) ?? log.running.get(key)) : undefined;
    const known = running.get(key) ?? later;
    const row = rowOf(event, known);
    if (known === undefined) older.push(row);
    else if (known.seq < log.firstSeq) older[indexOf(older, known)] = row;
    else rows[indexOf(rows, known)] = row;
    if (later !== undefined) orphans.delete(key);
    else if (row.state === 'running') running.set(key, row);
    else running.delete(key);
    if (known === undefined && event.type === 'tool_completed') orphans.set(key, row);
  }
  const stillRunning = new Map([...running, ...log.running]);
  return { ...log, rows: [...older, ...rows], running: stillRunning, orphans, firstSeq: first.seq };
}

/**
 * Adds pieces of text that workers are writing. A piece may be lost, so a text can have a hole until it is recorded.
 */
export function addDeltas(log: RunLog, deltas: readonly Delta[]): RunLog {
  if (deltas.length === 0) return log;
  const live = new Map(log.live);
  for (const { node, source, turn, text, reset } of deltas) {
    if ((log.lastTurns.get(node) ?? -1) >= turn) continue;
    const known = live.get(node);
    const before = known === undefined || known.turn !== turn || reset ? '' : known.text;
    live.set(node, { node, who: source, turn, text: (before + text).slice(-LONGEST_LIVE) });
  }
  return { ...log, live };
}

/** Whether events are missing between the window and the given ones. */
export function hasGap(log: RunLog, events: readonly LogEvent[]): boolean {
  const next = events.find(({ seq }) => seq > log.lastSeq);
  return log.lastSeq > 0 && next !== undefined && next.seq > log.lastSeq + 1;
}

function withoutEnded(live: RunLog['live'], { type }: LogEvent, row: Row): RunLog['live'] {
  const text = row.node === undefined ? undefined : live.get(row.node);
  const isOver = text !== undefined && (row.kind === 'turn' ? row.turn === text.turn : type.startsWith('node_'));
  if (type.startsWith('run_') && type !== 'run_replanned' && live.size > 0) return new Map();
  if (!isOver || text === undefined) return live;
  const rest = new Map(live);
  rest.delete(text.node);
  return rest;
}

/** Rows are sorted by `seq`, which no two rows share. */
function indexOf(rows: readonly Row[], { seq }: Row): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle]?.seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
