/** The words of the parts about runs that are on several pages. */
export const text = {
  task: 'Task',
  placeholder: 'What should the team do?',
  next: 'Continue',
  example: 'Build a counter: a page with a button, and a small API that keeps the count.',
  since: (when: string, what: string) => `Since you last looked, ${when}: ${what}.`,
  happened: {
    completed: (count: number) => `${count} done`,
    failed: (count: number) => `${count} failed`,
    waiting_input: (count: number) => `${count} began to wait for you`,
    cancelled: (count: number) => `${count} cancelled`,
  },
} as const;
