import { expect, it } from 'vitest';
import { renderNotes } from '../../../functions/memory/notes/note.ts';
import { contextParts } from '../../../functions/runs/turns/context-parts.ts';

it('withholds the notes of the run’s user from other readers, and shows the blocks around them', () => {
  const notes = renderNotes([
    {
      ...{ id: 'note_01kb000000e0000000000000000', agent: 'coder', summary: 'The code is 4711.', priority: 'high' },
      ...{ unfinished: [], discoveries: [], references: [], run_id: null, created_at: '2026-11-30T12:00:00Z' },
    },
  ]);
  const prompt = {
    system: 'You are the coder.',
    text: `<task>\nBuild.\n</task>\n\n${notes}\n\n<files>\na.ts\n</files>`,
  };
  const told = { runId: 'run_1', prompt, before: { turns: [], calls: [] }, turnLimit: 9 };
  const shown = (showsMemory: boolean) =>
    contextParts({ ...told, showsMemory }).map(({ kind, title, text }) => [kind, title, text.includes('4711')]);
  const parts = (isShown: boolean) => [
    ['system', 'Instruction of the worker', false],
    ['task', 'Task', false],
    ['memory', 'Notes of earlier sessions', isShown],
    ['files', 'Files of the run', false],
  ];
  expect([shown(true), shown(false)]).toEqual([parts(true), parts(false)]);
});
