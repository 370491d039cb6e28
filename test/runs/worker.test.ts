import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { builtInTypes } from '../../functions/agents/built-in-types.ts';
import { CONFIGURABLE } from '../../functions/identity/tenant.ts';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { MCP_TOOLS, toolsOf } from '../../functions/runs/toolbox.ts';
import { plannableWorkers, systemPrompt, workerOf } from '../../functions/runs/worker.ts';
import { declareTool } from '../../functions/tools/tool.ts';

const ASSIGNMENTS = readdirSync(new URL('../../functions/runs/workers/', import.meta.url)).map((file) =>
  file.replace(/\.md$/, ''),
);

it.each(ASSIGNMENTS)(
  'the worker %s has a valid frontmatter, existing tools, and an instruction that names it',
  async (assignment) => {
    const { worker, tools } = workerOf(assignment);
    const node = {
      id: 'node_1',
      name: assignment === 'chef-plan' ? 'plan' : 'other',
      worker,
      team: ['backend', 'frontend', 'devops'],
    };
    const declared = toolsOf(node, await openDatabase()).map(declareTool);
    expect(declared.map((tool) => tool.name)).toEqual(tools.filter((name) => name !== MCP_TOOLS));
    expect(new Set(tools).size).toBe(tools.length);
    expect(systemPrompt(assignment, node.team)).toMatch(new RegExp(`^You are the ${worker} worker\n`));
    expect(systemPrompt(assignment, node.team)).not.toMatch(/\{(team|workers)\}/);
  },
);

it.each(plannableWorkers().map((worker) => worker.assignment))(
  'the worker %s without a team reads of no team, and of no tool that it does not have',
  async (assignment) => {
    const instruction = systemPrompt(assignment, []);
    const team = systemPrompt(assignment, ['backend', 'devops']);
    expect(instruction).not.toMatch(/\{team\}|chef|: \./);
    expect(team.includes('backend, devops')).toBe(['backend', 'frontend', 'devops'].includes(assignment));
    const node = { id: 'node_1', name: 'answer', worker: assignment, team: [] };
    const own = toolsOf(node, await openDatabase()).map((tool) => tool.name);
    const named = [...instruction.matchAll(/`([a-z]+_[a-z]+)`/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !own.includes(name))).toEqual([]);
  },
);

it('a planner may use these workers and gets a description of each', () => {
  expect(plannableWorkers().map((worker) => worker.assignment)).toEqual([
    'backend',
    'coder',
    'devops',
    'formatter',
    'frontend',
    'retriever',
    'summarizer',
    'thinker',
  ]);
  expect(systemPrompt('planner', [])).toContain('- retriever: Finds what is known');
});

it('worker_config takes every worker and type of agents, and no other name but default and memory', () => {
  const workers = ASSIGNMENTS.map((assignment) => workerOf(assignment).worker);
  expect(new Set(CONFIGURABLE)).toEqual(new Set(['default', 'memory', ...workers, ...builtInTypes().keys()]));
});

it('rejects a worker name that could leave the folder', () => {
  for (const name of ['../README', 'a/b', 'chef-plan.md', '', 'nobody']) expect(() => workerOf(name)).toThrow();
});
