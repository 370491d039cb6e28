import { formatCount } from './format.ts';

const lines = (count: number): string => `${formatCount(count)} ${count === 1 ? 'line' : 'lines'}`;

/** The texts of the parts that have words of their own. Names of things come in by props. */
export const partsText = {
  link: {
    title: 'Open this address?',
    host: 'Leads to',
    address: 'The whole address',
    foreign: 'The name of this host has letters of another script. They may look like others.',
    open: 'Open in a new tab',
    close: 'Close',
  },
  image: (alt: string, address: string): string => `Image: ${alt || 'no description'} — ${address}`,
  table: 'Table',
  presence: {
    label: 'Also here',
    typing: 'is writing',
    more: (count: number): string => `and ${formatCount(count)} more`,
  },
  taskDone: 'done',
  taskOpen: 'open',
  code: {
    name: (language: string): string => (language ? `Code, ${language}` : 'Code'),
    wrap: 'Wrap lines',
  },
  diff: {
    name: (name: string): string => (name ? `Changes of ${name}` : 'Changes'),
    added: 'added',
    removed: 'removed',
    same: 'unchanged',
    folded: (count: number): string => `${formatCount(count)} unchanged ${count === 1 ? 'line' : 'lines'}`,
    summary: (added: number, removed: number): string =>
      added + removed === 0 ? 'No change' : `${lines(added)} added, ${lines(removed)} removed`,
    different: 'Too different to compare: shown as removed and added.',
    working: 'Comparing…',
    sideBySide: 'Side by side',
    old: 'Before',
    new: 'After',
  },
  chart: {
    asTable: 'Show as table',
    asChart: 'Show as chart',
    category: 'Day',
    total: 'Total',
    empty: 'No values.',
    spark: (first: string, last: string, low: string, high: string): string =>
      `From ${first} to ${last}, lowest ${low}, highest ${high}`,
  },
  meter: {
    of: (value: string, max: string): string => `${value} of ${max}`,
    reserved: (reserved: string): string => `${reserved} reserved`,
  },
  list: {
    more: (count: number): string => `↓ ${formatCount(count)} new`,
    toEnd: 'To the end',
  },
  line: {
    reconnecting: (clock: string): string => `Reconnecting · you have everything up to ${clock}`,
    refused: 'The live line was refused. Load the page again.',
  },
  form: {
    saved: 'Saved',
    number: 'Must be a number.',
    whole: 'Must be a whole number.',
    fill: 'Fill this in.',
  },
  split: { divider: 'Width of the first column' },
} as const;
