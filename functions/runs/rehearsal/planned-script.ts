import type { Line, PlannedRole } from './script-context.ts';

const PLAN = {
  nodes: [
    {
      id: 'T001',
      worker: 'retriever',
      instruction: 'Look up what is remembered about the query.',
      reads: [],
      writes: ['findings_T001'],
    },
    {
      id: 'T002',
      worker: 'coder',
      instruction: 'Write notes.md with the outline of an answer.',
      reads: [],
      writes: ['outline_T002'],
    },
    {
      id: 'T003',
      worker: 'formatter',
      instruction: 'Write the answer out of the findings and the outline.',
      reads: ['findings_T001', 'outline_T002'],
      writes: ['answer_T003'],
    },
  ],
  edges: [
    { source: 'T001', target: 'T003' },
    { source: 'T002', target: 'T003' },
  ],
  confidence: 0.9,
  ambiguities: [],
};

/** The script of a planned run: two parallel nodes, and one that writes the answer from their values. */
export const PLANNED_SCRIPT: Record<PlannedRole, Line[]> = {
  planner: [
    {
      say: 'I split the query in two and let one worker write the answer.',
      calls: [{ name: 'submit_plan', arguments: PLAN }],
    },
  ],
  retriever: [
    {
      say: 'I look up what is remembered.',
      calls: [{ name: 'recall', arguments: { query: 'decisions and preferences' } }],
    },
    { say: 'Findings: what memory holds was looked up; no document and no page of the web was read.', calls: [] },
  ],
  thinker: [{ say: 'I weigh what I was given: a script cannot think about it.', calls: [] }],
  coder: [
    {
      say: 'I write the outline.',
      calls: [
        {
          name: 'write_file',
          arguments: { path: 'notes.md', content: '# Outline\n\n1. What is known\n2. What follows\n' },
        },
      ],
    },
    { say: 'The outline is in notes.md: what is known, and what follows from it.', calls: [] },
  ],
  summarizer: [{ say: 'In short: a script read this, and a model would sum it up here.', calls: [] }],
  formatter: [{ say: 'The answer would stand here, written out of the findings and the outline.', calls: [] }],
};
