import { expect, test } from 'vitest';
import { originWords, runOf } from '../../../../web/rooms/memory/facts/facts.ts';

test('what a person said in the task of a run is from the run, not added by hand', () => {
  const task = { source_kind: 'person', source_id: 'run_01JX' };
  expect([originWords(task), runOf(task)]).toEqual(['The task of a run', 'run_01JX']);
  const report = { source_kind: 'run', source_id: 'run_01JX' };
  expect([originWords(report), runOf(report)]).toEqual(['Run', 'run_01JX']);
  const byHand = { source_kind: 'person', source_id: null };
  expect([originWords(byHand), runOf(byHand)]).toEqual(['Added by hand', undefined]);
  const page = { source_kind: 'web', source_id: 'https://example.com' };
  expect([originWords(page), runOf(page)]).toEqual(['Web page', undefined]);
});
