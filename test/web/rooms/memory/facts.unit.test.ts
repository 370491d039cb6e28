import { expect, test } from 'vitest';
import { effectOfDeletion, originWords, othersLabels, runOf } from '../../../../web/rooms/memory/facts/facts.ts';

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

test('who else has the same fact is named once, and runs are counted', () => {
  const run = (id: string) => ({ id, scope: 'sprint', scope_id: `run_${id}` }) as const;
  const worker = { id: 'w', scope: 'worker', scope_id: 'backend' } as const;
  const other = { id: 'v', scope: 'worker', scope_id: 'frontend' } as const;
  expect(othersLabels([run('a'), run('b'), worker, run('c'), other])).toEqual([
    { id: 'a', label: '3 runs' },
    { id: 'w', label: 'Worker backend' },
    { id: 'v', label: 'Worker frontend' },
  ]);
  expect(othersLabels([run('a')])).toEqual([{ id: 'a', label: 'One run' }]);
});

test('deleting a fact takes what was merged into it, also by way of others, and brings back what it had replaced', () => {
  const fact = (id: string, more: object = {}) => ({
    id,
    merged_into: null,
    superseded_by: null,
    is_current: false,
    ...more,
  });
  const merged = (id: string, into: string) => fact(id, { merged_into: into, superseded_by: into });
  const history = [
    fact('kept', { is_current: true }),
    fact('older', { superseded_by: 'kept' }),
    fact('oldest', { superseded_by: 'older' }),
    merged('first', 'second'),
    merged('second', 'kept'),
  ];
  const idsOf = (id: string) => {
    const { alsoGone, back } = effectOfDeletion(id, history);
    return [alsoGone, back].map((facts) => facts.map((one) => one.id));
  };
  expect(idsOf('kept')).toEqual([['first', 'second'], ['older']]);
  expect(idsOf('second')).toEqual([['first'], []]);
  expect(idsOf('older')).toEqual([[], []]);
});
