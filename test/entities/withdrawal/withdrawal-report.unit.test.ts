import { expect, it } from 'vitest';
import { sumOfErased } from '../../../functions/entities/withdrawal/withdrawal-report.ts';

const erased = (linked_repository: string | null, commits_rewritten: number) => ({
  history_rewritten: true,
  commits_rewritten,
  withdrawn: 1,
  restaged: 0,
  linked_repository,
  rows: { memory_blocks: 2 },
});

it('adds up the receipts and tells the caller only of their own linked repository', () => {
  const answers = [
    { userId: 'usr_maya', answer: erased('https://github.com/maya/diary', 3) },
    { userId: 'usr_admin', answer: erased(null, 1) },
  ];
  expect(sumOfErased(answers, 'usr_admin')).toEqual({
    history_rewritten: true,
    commits_rewritten: 4,
    withdrawn: 2,
    restaged: 0,
    linked_repository: null,
    rows: { memory_blocks: 4 },
  });
  expect(sumOfErased(answers, 'usr_maya').linked_repository).toBe('https://github.com/maya/diary');
});

it('is an empty receipt without a repository', () => {
  expect(sumOfErased([], 'usr_admin')).toMatchObject({ history_rewritten: false, commits_rewritten: 0, rows: {} });
});
