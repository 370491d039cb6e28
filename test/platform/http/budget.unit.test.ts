import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, it } from 'vitest';
import { createBudget, holdUntilClosed } from '../../../functions/platform/http/budget.ts';

const create = () => createBudget({ what: 'things', perCaller: 10, perProcess: 15 });
const kind = (value: string) => expect.objectContaining({ kind: value });

it('gives each caller a share and never more than the limit of the process', () => {
  const budget = create();
  const release = budget.take('ada', 10);
  expect(() => budget.take('ada', 1)).toThrow(kind('too-many-requests'));
  budget.take('grace', 5);
  expect(() => budget.take('grace', 1)).toThrow(kind('not-ready'));
  release();
  // Releasing again gives nothing back.
  release();
  budget.take('ada', 10);
  expect(() => budget.take('ada', 1)).toThrow(kind('too-many-requests'));
});

it('holds for a request until its reply has ended', () => {
  const budget = create();
  const response = new EventEmitter();
  // Only the event and `closed` are used.
  const hold = holdUntilClosed(response as ServerResponse, 'ada');
  hold(budget, 4);
  hold(budget, 6);
  expect(() => hold(budget, 1)).toThrow(kind('too-many-requests'));
  response.emit('close');
  budget.take('ada', 10);
});

it('does not limit our own services', () => {
  const hold = holdUntilClosed(new EventEmitter() as ServerResponse, undefined);
  hold(create(), 1_000);
});
