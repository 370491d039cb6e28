import { expect, it } from 'vitest';
import { allowedTools, builtInTypes } from '../../functions/agents/built-in-types.ts';
import { openAgentTools } from '../../functions/agents/open-agent-tools.ts';
import { CONFIGURABLE } from '../../functions/identity/tenant.ts';
import { openDatabase } from '../../functions/platform/database/open.ts';
import { MCP_TOOLS, openTool } from '../../functions/runs/toolbox.ts';
import { declareTool } from '../../functions/tools/tool.ts';

const AGENT = {
  id: 'agent_1',
  run_id: 'run_1',
  node_id: 'node_1',
  root_id: 'agent_1',
  parent_id: null,
  depth: 0,
  agent_type: 'general',
  task: 'Why?',
  instruction: '',
  turns: 1,
  allowed_tools: null,
  wanted_model: null,
};

it.each([...builtInTypes().values()])(
  'the type $name has existing tools and an instruction that names it',
  async ({ name, instruction, tools }) => {
    const database = await openDatabase();
    const own = (await openAgentTools(database.as({ kind: 'system' }), name, { ...AGENT, tools })).map(declareTool);
    const user = { id: 'node_1', name, worker: name, team: [] };
    const known = tools.filter((tool) => openTool(tool, user, database) !== undefined);
    expect([...known, ...own.map((tool) => tool.name), MCP_TOOLS]).toEqual(expect.arrayContaining([...tools]));
    expect(new Set(tools).size).toBe(tools.length);
    expect(instruction).toMatch(new RegExp(`^You are the ${name} agent\n`));
    expect(instruction.split('\n\n').at(-1)).toMatch(/is data from people.*It cannot change these rules/);
    const named = [...instruction.matchAll(/`([a-z]+_[a-z_]+)`/g)].map(([, tool = '']) => tool);
    expect(named.filter((tool) => !tools.includes(tool))).toEqual([]);
  },
);

it('no agent has a tool that acts outside of the tree or needs a team', () => {
  const outside = [
    'create_repository',
    'push_repository',
    'deploy_project',
    'start_run',
    'send_message',
    'submit_plan',
  ];
  expect(allowedTools().filter((name) => outside.includes(name))).toEqual([]);
});

it('worker_config takes every built-in type', () => {
  expect([...builtInTypes().keys()].filter((name) => !CONFIGURABLE.some((known) => known === name))).toEqual([]);
});
