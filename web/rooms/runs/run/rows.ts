import { nodeName } from '../../../text/node-name.ts';
import { visible, visibleName } from '../../../text/visible.ts';
import { type LogEvent, numberIn, textIn } from './run-event.ts';

/** Rows of the time line. A row is small: its texts are cut, and what is whole is read when the row is opened. */
export interface Row {
  /** `turn:node:3`, `call:node:3:0`, or `event:17`. The start and the end of a call have the same key. */
  key: string;
  /** The number of the row's first known event. Rows are sorted by it. */
  seq: number;
  /** The number of the row's last event. */
  lastSeq: number;
  at: string;
  kind: RowKind;
  level: LogEvent['level'];
  /** The node, or undefined for what belongs to the whole run. */
  node: string | undefined;
  /** The name of the node, `system` or `person`. */
  who: string;
  /** The worker, whose mark is drawn. */
  worker: string;
  text: string;
  /** The receiver of a message. */
  to?: string;
  /** Whose message a wait ended with. */
  waitedFor?: string;
  turn?: number;
  call?: number;
  tool?: string;
  state?: 'running' | 'done' | 'failed';
  /** How often a call was started. */
  attempts: number;
  durationMs?: number;
  costUsd?: string;
  /** The event's type, for rows of kind `state`. */
  type: string;
}

export const ROW_KINDS = ['turn', 'call', 'message', 'question', 'wait', 'state'] as const;
export type RowKind = (typeof ROW_KINDS)[number];

const LONGEST_TEXT = 400;
/** A call that waits for messages is shown as a wait from this duration on. */
const WAIT_MS = 2_000;
const WAITING_TOOL = 'read_messages';

/** Returns the row of an event. `known` is the row with the same key, when there is one. */
export function rowOf(event: LogEvent, known?: Row): Row {
  const { data } = event;
  const row: Row = {
    key: keyOf(event),
    seq: event.seq,
    lastSeq: event.seq,
    at: event.timestamp,
    kind: 'state',
    level: event.level,
    node: textIn(data, 'node'),
    who: whoOf(event),
    worker: visibleName(event.source),
    text: short(event.message),
    attempts: 1,
    type: event.type,
  };
  const turn = numberIn(data, 'turn');
  if (turn !== undefined) row.turn = turn;
  switch (event.type) {
    case 'turn_completed':
      return { ...row, kind: 'turn', ...measures(event) };
    case 'tool_started':
      return startedCall(row, event, known);
    case 'tool_completed':
      return endedCall(row, event, known);
    case 'message_sent':
      return {
        ...row,
        kind: 'message',
        to: visibleName(textIn(data, 'to') ?? '?'),
        text: short(textIn(data, 'content') ?? event.message),
      };
    case 'input_requested':
    case 'input_received':
      return { ...row, kind: 'question' };
    default:
      return row;
  }
}

const NO_WORKERS = new Set(['system', 'person']);

/** Who an event is from: the node by its name in the graph, because several nodes may have the same worker. */
export function whoOf({ source, data }: Pick<LogEvent, 'source' | 'data'>): string {
  const node = textIn(data, 'node');
  return node === undefined || NO_WORKERS.has(source) ? visibleName(source) : nodeName(node, source);
}

/** The key under which an event's row is known. */
export function keyOf({ seq, type, data }: LogEvent): string {
  const node = textIn(data, 'node');
  const turn = numberIn(data, 'turn');
  if (type === 'turn_completed') return `turn:${node}:${turn}`;
  if (type === 'tool_started' || type === 'tool_completed')
    return `call:${node}:${turn}:${numberIn(data, 'index') ?? 0}`;
  return `event:${seq}`;
}

function startedCall(row: Row, event: LogEvent, known: Row | undefined): Row {
  const call: Row = { ...row, kind: 'call', ...callFields(event), state: 'running' };
  if (known === undefined) return call;
  // A second start of a call is a second attempt; a start that is read after its end belongs to an older page.
  if (event.seq > known.lastSeq)
    return { ...known, attempts: known.attempts + 1, state: 'running', lastSeq: event.seq };
  return { ...known, ...waitFields(known, event.timestamp, known.at) };
}

function endedCall(row: Row, event: LogEvent, known: Row | undefined): Row {
  const isError = event.data.is_error === true;
  const sender = /^From (\S+) at /.exec(textIn(event.data, 'output') ?? '')?.[1];
  const ended: Row = {
    ...row,
    kind: 'call',
    ...callFields(event),
    ...measures(event),
    state: isError ? 'failed' : 'done',
    text: short(isError ? event.message.replace(/ failed$/, '') : event.message),
    ...(sender === undefined ? {} : { waitedFor: visibleName(sender) }),
  };
  if (known === undefined) return ended;
  const joined: Row = { ...ended, seq: known.seq, at: known.at, attempts: known.attempts };
  return { ...joined, ...waitFields(joined, known.at, event.timestamp) };
}

function callFields({ data }: LogEvent): Pick<Row, 'tool' | 'call'> {
  return { tool: visibleName(textIn(data, 'tool') ?? ''), call: numberIn(data, 'index') ?? 0 };
}

/** What makes a long wait for messages a row of its own kind. */
function waitFields(row: Row, from: string, until: string): Partial<Row> {
  const waited = Date.parse(until) - Date.parse(from);
  return row.tool === WAITING_TOOL && row.state === 'done' && waited >= WAIT_MS
    ? { kind: 'wait', durationMs: waited }
    : {};
}

function measures({ data }: LogEvent): Pick<Row, 'durationMs' | 'costUsd'> {
  const durationMs = numberIn(data, 'duration_ms');
  const costUsd = textIn(data, 'cost_usd');
  return { ...(durationMs === undefined ? {} : { durationMs }), ...(costUsd === undefined ? {} : { costUsd }) };
}

function short(text: string): string {
  const shown = visible(text.trim());
  return shown.length > LONGEST_TEXT ? `${shown.slice(0, LONGEST_TEXT)}…` : shown;
}
