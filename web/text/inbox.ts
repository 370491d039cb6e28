import { plural } from './format.ts';

export const text = {
  title: 'Inbox',
  lead: 'What runs ask you. The other workers of a run go on meanwhile.',
  kinds: { label: 'Kind', all: 'All', question: 'Questions', approval: 'Approvals' },
  list: 'Open questions and approvals',
  asks: 'asks',
  wantsTo: (tool: string) => `wants to use ${tool}`,
  expires: 'expires',
  open: (count: number) => `${plural(count, 'thing')} ${count === 1 ? 'needs' : 'need'} you`,
  news: (count: number) => `${plural(count, 'question')} or ${count === 1 ? 'approval needs' : 'approvals need'} you.`,
  empty: 'Nothing needs you.',
  emptyHint: 'When a worker has a question, or wants to do something that cannot be undone, it waits here for you.',
  emptyKind: { question: 'No question is open.', approval: 'No approval is open.' },
  all: 'Show all',
  toRuns: 'Go to Runs',
  closed: 'It is no longer open: it was answered, has expired or was withdrawn.',
  keys: { next: 'Next', previous: 'Previous', open: 'Open', answer: 'Answer' },
} as const;
