import type { z } from 'zod';
import type { Agent, AgentTree } from '../../functions/agents/agent.ts';
import { openBench, type RunBench, waitFor } from '../runs/bench.ts';
import { promptOf } from '../runs/plan-script.ts';
import type { ScriptedRequest } from '../support/scripted-provider.ts';
import type { Answer, Person } from '../support/server.ts';
import { call, type Line } from '../support/team-script.ts';

type Tree = z.output<typeof AgentTree>;

/** The bench of runs with calls of agents. */
export interface AgentBench extends RunBench {
  /** Spawns an agent with this task and returns its id. */
  spawn(task: string, body?: Record<string, unknown>, who?: Person): Promise<string>;
  status(id: string, who?: Person): Promise<Tree>;
  /** Waits until the whole run of the tree has ended. */
  treeEnded(id: string): Promise<Tree>;
  get(path: string, who?: Person): Promise<Answer>;
  post(path: string, body?: unknown, who?: Person): Promise<Answer>;
  /** Lets each agent say its lines: those of its task, by turn. An agent without lines answers `<task> is done`. */
  script(lines: Record<string, readonly Line[]>): void;
}

export async function openAgents(): Promise<AgentBench> {
  const bench = await openBench();
  const { server, person, team } = bench;
  const get: AgentBench['get'] = (path, who = person) => server.call('GET', `/api/v1${path}`, { token: who.token });
  const post: AgentBench['post'] = (path, body, who = person) =>
    server.call('POST', `/api/v1${path}`, { token: who.token, ...(body === undefined ? {} : { body }) });
  const status: AgentBench['status'] = async (id, who) => (await get(`/agents/${id}/status`, who)).body;
  return {
    ...bench,
    get,
    post,
    status,
    spawn: async (task, body = {}, who = person) => {
      const answer = await post('/agents/spawn', { task, ...body }, who);
      if (answer.status !== 202)
        throw new Error(`The agent was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      return answer.body.id;
    },
    treeEnded: async (id) => {
      await bench.runEnded((await status(id)).agent.run_id);
      return status(id);
    },
    script: (lines) => team.perform({ agent: [lineOf(lines)] }),
  };
}

function lineOf(lines: Record<string, readonly Line[]>): Line {
  return (request) => {
    const own = lines[taskOf(request)] ?? [];
    const turn = request.messages.filter(({ role }) => role === 'assistant').length;
    const line = own[Math.min(turn, own.length - 1)] ?? { text: `${taskOf(request)} is done` };
    return typeof line === 'function' ? line(request) : line;
  };
}

/** Returns the task of the agent that sends the request. */
export function taskOf(request: ScriptedRequest): string {
  return /<task>\n([\s\S]*?)\n<\/task>/.exec(promptOf(request))?.[1] ?? '';
}

/** Returns the outputs of the calls of an agent's last turn. */
export function resultsOf(request: ScriptedRequest): string[] {
  const last = request.messages.at(-1);
  return last?.role === 'tool' ? last.results.map(({ output }) => output) : [];
}

/** A turn that spawns an agent for each task. */
export const spawns = (...tasks: string[]) => ({
  text: 'I spawn.',
  toolCalls: tasks.map((task) => call('spawn_agent', { task })),
});
export const waits = (rest: Record<string, unknown> = {}) => ({ text: '', toolCalls: [call('wait_for_agents', rest)] });

/** A promise, and the function that fulfils it. */
export function gate(): { opened: Promise<unknown>; open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Returns an agent of a tree by its task. */
export function agentOf(tree: Tree, task: string): z.output<typeof Agent> {
  const found = tree.tree.find((agent) => agent.task === task);
  if (found === undefined) throw new Error(`The tree has no agent with the task ${task}`);
  return found;
}

/** Waits until a node of the tree sleeps. */
export function asleep(bench: AgentBench, task: string): Promise<unknown> {
  return waitFor(`${task} to sleep`, async () => {
    const rows = await bench.asOwner(
      `select 1 from agents a join run_nodes n on n.id = a.node_id where a.task = $1 and n.wake_at is not null`,
      [task],
    );
    return rows.length > 0;
  });
}

/** Waits until an agent has asked the model. */
export function asked(bench: AgentBench, task: string): Promise<unknown> {
  return waitFor(`${task} to be asked`, () => bench.team.of('agent').some(({ request }) => taskOf(request) === task));
}
