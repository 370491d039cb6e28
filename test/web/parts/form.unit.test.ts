import { expect, it } from 'vitest';
import { z } from 'zod';
import { explainIssues } from '../../../functions/platform/http/explain-issues.ts';
import { ApiError, type Problem } from '../../../web/api/problem.ts';
import { faultAt } from '../../../web/parts/form.ts';

const Body = z.strictObject({
  name: z.string().min(1).max(5).regex(/^\S*$/, 'must be one word'),
  rounds: z.int().max(10),
  budget: z.number().min(0.5),
  agents: z.array(z.strictObject({ name: z.string() })).min(2),
});

/** What the server answers for a body. */
function refusalOf(body: unknown): ApiError {
  const issues = Body.safeParse(body).error?.issues ?? [];
  const errors = explainIssues(issues, ['body']).map(({ path, message }) => ({ path: path.join('.'), message }));
  return new ApiError(422, { title: 'The request has invalid fields', errors } as Problem);
}

it.each([
  [{ name: '' }, 'name', 'Fill this in.'],
  [{ name: 'too long' }, 'name', 'Must have at most 5 characters.'],
  [{ rounds: '' }, 'rounds', 'Must be a number.'],
  [{ rounds: 1.5 }, 'rounds', 'Must be a whole number.'],
  [{ name: 'x y' }, 'name', 'Must be one word.'],
  [{ rounds: 11 }, 'rounds', 'Must be at most 10.'],
  [{ budget: null }, 'budget', 'Must be a number.'],
  [{ budget: 0 }, 'budget', 'Must be at least 0.5.'],
  [{ agents: [{ name: 'Ada' }] }, 'agents', 'Must have at least 2 items.'],
  [{ agents: [{ name: 'Ada' }, {}] }, 'agents.1.name', 'Fill this in.'],
])('says in plain words what a schema refuses in %o', (change, field, words) => {
  const body = { name: 'Ada', rounds: 1, budget: 1, agents: [{ name: 'Ada' }, { name: 'Bo' }], ...change };
  expect(faultAt(refusalOf(body), field)).toBe(words);
  expect(faultAt(refusalOf(body), 'other')).toBeUndefined();
});
