import { formatCount, plural } from './format.ts';

export const text = {
  title: 'Home',
  welcome:
    'Nothing has run here yet. Give a team a task and watch it work; this one is a start, change it as you like.',
  start: 'Start a run',
  newChat: 'New chat',
  needsYou: 'Needs you',
  allQuestions: (count: number) => `All ${formatCount(count)} in the inbox`,
  asks: (worker: string) => `${worker} asks`,
  wantsApproval: (worker: string) => `${worker} asks before it acts`,
  expires: 'expires',
  atWork: 'At work',
  nothingWorks: 'No run is at work.',
  allAtWork: (count: number) => `All ${formatCount(count)} at work`,
  lately: 'Lately',
  nothingEnded: 'No run has ended yet.',
  allRuns: 'All runs',
  memory: (count: number, isMore: boolean) =>
    `Memory changed ${isMore ? `more than ${formatCount(count)} times` : plural(count, 'time')} since.`,
  toMemory: 'Look at memory',
  today: 'Spent today',
  ofBudget: (spent: string, budget: string) => `${spent} of ${budget}`,
  held: (amount: string) => `${amount} more is set aside for work under way.`,
  lost: (amount: string) => `Includes up to ${amount} of calls whose outcome is unknown.`,
  noBudget: 'Your team has no budget for a day.',
  noBudgetMember: 'Your team has no budget for a day. An admin can set one in Settings.',
  setBudget: 'Set a budget',
  ends: 'The day ends',
  usage: 'Usage',
  rehearsal: 'Rehearsal',
  keys: { title: 'Home', start: 'Start a run' },
} as const;
