import type { Row, RowKind } from './rows.ts';

/** What of the time line is shown. */
export interface RowFilter {
  node: string;
  kind: RowKind | '';
  level: '' | 'warning' | 'error';
  /** Only what matters: no running commentary of the engine, and no calls that went well. */
  matters: boolean;
  search: string;
  /** Milliseconds; undefined has no bound. */
  from: number | undefined;
  until: number | undefined;
}

/** "Only what matters" is on by itself above this number of rows. */
export const MANY_ROWS = 200;

const QUIET_STATES = new Set(['run_admitted', 'node_started', 'price_unknown', 'turn_postponed']);
const QUIET_TOOLS = new Set(['read_messages', 'list_files', 'read_file']);

/** Returns the rows that pass. The send of a message is shown as the message and not as a call. */
export function visibleRows(rows: readonly Row[], filter: RowFilter): Row[] {
  const words = filter.search.trim().toLowerCase();
  return rows.filter(
    (row) =>
      !isSentMessage(row) &&
      (filter.node === '' || row.node === filter.node) &&
      (filter.kind === '' || row.kind === filter.kind) &&
      (filter.level === '' || isAtLeast(row, filter.level)) &&
      (!filter.matters || matters(row)) &&
      (words === '' || `${row.who} ${row.to ?? ''} ${row.text}`.toLowerCase().includes(words)) &&
      isWithin(row, filter),
  );
}

/** Whether the user has narrowed the time line. */
export function isNarrow(filter: RowFilter): boolean {
  return (
    filter.node !== '' || filter.kind !== '' || filter.level !== '' || filter.search !== '' || filter.from !== undefined
  );
}

export function isFailure(row: Row): boolean {
  return row.state === 'failed' || row.level === 'error';
}

function matters(row: Row): boolean {
  if (row.level === 'error' || row.level === 'warning' || row.state === 'running') return true;
  if (row.kind === 'state') return !QUIET_STATES.has(row.type);
  if (row.kind === 'call') return row.state === 'failed' || row.attempts > 1 || !QUIET_TOOLS.has(row.tool ?? '');
  return true;
}

function isSentMessage(row: Row): boolean {
  return row.kind === 'call' && row.tool === 'send_message' && row.state === 'done';
}

function isAtLeast(row: Row, level: 'warning' | 'error'): boolean {
  return level === 'error' ? isFailure(row) : isFailure(row) || row.level === 'warning';
}

function isWithin(row: Row, { from, until }: RowFilter): boolean {
  if (from === undefined && until === undefined) return true;
  const at = Date.parse(row.at);
  return (from === undefined || at >= from) && (until === undefined || at <= until);
}
