import { countOf } from '../text-argument.ts';
import { writeExactly } from './exact-json.ts';

/** Thrown for data that is not a table. The message is written for a model. */
export class TableFault extends Error {}

const MOST_COLUMNS = 1_000;
/** Faulty rows that the report names; it counts all of them. */
const SHOWN_FAULTS = 5;
const DELIMITERS: Record<string, string> = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': '|' };

type Row = Record<string, unknown>;

/**
 * Reads CSV (RFC 4180) with a header line as objects. The report names rows that have not as many cells as the header.
 */
export async function readCsv(text: string, readNumbers: boolean): Promise<{ value: Row[]; report: string }> {
  const { default: papa } = await import('papaparse');
  const { data, meta, errors } = papa.parse<string[]>(text.replace(/^\uFEFF/, ''), {
    delimitersToGuess: Object.keys(DELIMITERS),
    skipEmptyLines: true,
  });
  const [header, ...rows] = data;
  if (header === undefined) throw new TableFault('it has no header line');
  const quotes = errors.find(({ type }) => type === 'Quotes');
  if (quotes !== undefined)
    throw new TableFault(`a quotation mark is not closed or misplaced in row ${quotes.row ?? 0}`);
  if (header.length > MOST_COLUMNS) throw new TableFault(`it has more than ${MOST_COLUMNS} columns`);
  const names = distinct(header);
  const read = readNumbers ? readCell : (cell: string) => cell;
  const value = rows.map((row) => Object.fromEntries(names.map((name, at) => [name, read(row[at] ?? '')])));
  const faults = rows.flatMap((row, at) => (row.length === names.length ? [] : [`row ${at + 1} has ${row.length}`]));
  const delimiter = `delimiter: ${DELIMITERS[meta.delimiter] ?? meta.delimiter}`;
  const report = [`${countOf(rows.length, 'row')}, ${countOf(names.length, 'column')} (${delimiter}).`];
  if (faults.length > 0) report.push(describeFaults(faults, names.length));
  return { value, report: report.join(' ') };
}

function describeFaults(faults: readonly string[], columns: number): string {
  const more = faults.length > SHOWN_FAULTS ? ` and ${faults.length - SHOWN_FAULTS} more` : '';
  const shown = faults.slice(0, SHOWN_FAULTS).join(', ');
  return `Rows with other than ${countOf(columns, 'cell')}: ${shown}${more}; missing cells are empty, further ones dropped.`;
}

/** Returns column names of which none is empty or used twice, because they become members of objects. */
function distinct(header: readonly string[]): string[] {
  const used = new Set<string>();
  return header.map((cell, at) => {
    const name = cell.trim() === '' ? `column_${at + 1}` : cell.trim();
    let unique = name;
    for (let copy = 2; used.has(unique); copy += 1) unique = `${name}_${copy}`;
    used.add(unique);
    return unique;
  });
}

/** Numbers that are written as JSON writes them and that a double holds without loss. */
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/;

function readCell(cell: string): unknown {
  if (cell === 'true' || cell === 'false') return cell === 'true';
  return NUMBER.test(cell) && cell.length <= 16 ? Number(cell) : cell;
}

/** Writes a list of objects as CSV, with a column for every member that any of them has. @throws TableFault */
export async function writeCsv(value: unknown): Promise<{ text: string; report: string }> {
  const rows = Array.isArray(value) ? value : [value];
  if (!rows.every(isRow)) throw new TableFault('only a list of objects becomes a table');
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (names.length > MOST_COLUMNS) throw new TableFault(`it has more than ${MOST_COLUMNS} columns`);
  if (names.length * rows.length > MOST_CELLS) throw new TableFault('the table has too many cells');
  const { default: papa } = await import('papaparse');
  const cells = rows.map((row) => names.map((name) => writeCell(Object.hasOwn(row, name) ? row[name] : undefined)));
  const text = papa.unparse({ fields: names, data: cells }, { newline: '\n' });
  return { text, report: `${countOf(rows.length, 'row')}, ${countOf(names.length, 'column')}.` };
}

/** Objects that share no member would make a table of rows × columns that is mostly empty. */
const MOST_CELLS = 500_000;

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function writeCell(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? writeExactly(value, 0) : String(value);
}
