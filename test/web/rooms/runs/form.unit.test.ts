import { describe, expect, test } from 'vitest';
import {
  budgetOf,
  emptyForm,
  faultsIn,
  faultsOf,
  hostsOf,
  replayBodyOf,
  runBodyOf,
  sprintBodyOf,
} from '../../../../web/rooms/runs/start/form.ts';

const form = (change: Partial<ReturnType<typeof emptyForm>> = {}) => ({ ...emptyForm(), task: 'Do it', ...change });

describe('the start form', () => {
  test.each([
    ['', undefined],
    ['1', 1],
    [' $0.5 ', 0.5],
    ['0.000001', 0.000001],
    ['0.0000001', undefined],
    ['0', undefined],
    ['-1', undefined],
    ['1e3', undefined],
    ['100000', 100_000],
    ['100000.01', undefined],
    ['1,5', undefined],
  ])('reads the budget %j as %j', (words, amount) => {
    expect(budgetOf(words)).toBe(amount);
  });

  test('finds what the API would refuse, at its field', () => {
    expect(faultsOf(form(), [])).toEqual({});
    const faults = faultsOf(
      form({ task: '  ', team: [], budget: 'much', repo: 'owner', hosts: 'https://example.org' }),
      undefined,
    );
    expect(Object.keys(faults).sort()).toEqual(['budget', 'hosts', 'repo', 'task', 'team']);
    expect(faultsOf(form({ mode: 'planner', team: [] }), [])).toEqual({});
    expect(faultsOf(form({ task: 'x'.repeat(20_001) }), []).task).toContain('20,000');
  });

  test('accepts only hosts that the tenant allows', () => {
    const allowed = ['registry.npmjs.org', '*.example.org'];
    expect(faultsOf(form({ hosts: 'registry.npmjs.org, API.example.org *.example.org' }), allowed)).toEqual({});
    expect(faultsOf(form({ hosts: 'example.org' }), allowed).hosts).toContain('example.org');
    expect(faultsOf(form({ hosts: '127.0.0.1' }), undefined).hosts).toContain('127.0.0.1');
    expect(hostsOf('a.org\nA.org;b.org')).toEqual(['a.org', 'b.org']);
  });

  test('asks for a team, a planner or a worker, without what is empty', () => {
    expect(sprintBodyOf(form({ team: ['devops', 'backend'] }))).toEqual({ task: 'Do it', team: ['backend', 'devops'] });
    expect(runBodyOf(form({ mode: 'planner' }))).toEqual({ query: 'Do it' });
    expect(runBodyOf(form({ mode: 'worker', worker: 'coder', budget: '2', repo: 'a/b', hosts: 'a.org' }))).toEqual({
      query: 'Do it',
      agent_type: 'coder',
      budget_usd: 2,
      github_repo: 'a/b',
      allowed_hosts: ['a.org'],
    });
  });

  test('a repetition sends only what was changed', () => {
    const original = form({ budget: '1', repo: 'a/b', hosts: 'a.org', node: 'backend' });
    expect(replayBodyOf(original, original)).toEqual({});
    expect(replayBodyOf({ ...original, scope: 'failure', task: 'Other' }, original)).toEqual({ from_failure: true });
    expect(replayBodyOf({ ...original, scope: 'node', instruction: 'Shorter' }, original)).toEqual({
      from_node: 'backend',
      instruction: 'Shorter',
    });
    expect(replayBodyOf({ ...original, task: 'Other', budget: '2', hosts: '' }, original)).toEqual({
      query: 'Other',
      budget_usd: 2,
      allowed_hosts: [],
    });
  });

  test('shows a refusal at its fields, and elsewhere when a place is not a field', () => {
    const problem = (errors: { path: string; message: string }[], detail = '', status = 422) => ({
      type: 'about:blank',
      title: 'No',
      status,
      detail,
      instance: '/x',
      request_id: 'r',
      errors,
    });
    expect(faultsIn(problem([{ path: 'body.allowed_hosts.0', message: 'no' }]))).toEqual({ hosts: 'no' });
    expect(faultsIn(problem([{ path: 'body.query', message: 'too long' }]))).toEqual({ task: 'too long' });
    expect(faultsIn(problem([{ path: 'body.other', message: 'no' }]))).toBeUndefined();
    expect(faultsIn(problem([], 'Your tenant does not allow the host a.org', 403))?.hosts).toContain('a.org');
    expect(faultsIn(undefined)).toBeUndefined();
  });
});
