/** The words of the field that starts a run, which is on several pages. */
export const text = {
  task: 'Task',
  placeholder: 'What should the team do?',
  next: 'Continue',
  example: 'Build a counter: a page with a button, and a small API that keeps the count.',
} as const;
