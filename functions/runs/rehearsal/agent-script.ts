import type { ModelMessage, ModelRequest } from '../../platform/models/model.ts';
import { unescapeShown } from '../../platform/models/show-as-data.ts';
import type { Call } from './script-context.ts';
import { SCRIPTED_NOTICE } from './scripted-notice.ts';

const PART = 300;

/** Whether the request is a turn of an agent of a tree. */
export function isAgent(request: ModelRequest): boolean {
  return /^You are the [\w-]{1,50} agent\n/.test(request.system);
}

/**
 * The rehearsal of agents. The root of type `general` spawns a researcher and a writer, waits for both, and repeats
 * what they answered, so that a laptop without a key shows a tree. Another agent looks at the clock and answers.
 */
export function agentLine(request: ModelRequest): { say: string; calls: Call[] } {
  const [, type = 'general'] = /^You are the ([\w-]{1,50}) agent\n/.exec(request.system) ?? [];
  const turn = request.messages.filter(({ role }) => role === 'assistant').length;
  const tools = request.tools.map(({ name }) => name);
  const task = taskOf(request.messages[0]);
  const leads = type === 'general' && request.system.includes('the root of a tree') && tools.includes('spawn_agent');
  if (leads && turn === 0) {
    const spawn = (agentType: string, what: string): Call => ({
      name: 'spawn_agent',
      arguments: { agent_type: agentType, task: `${what}: ${task}` },
    });
    return {
      say: 'I split the task between two agents.',
      calls: [spawn('researcher', 'Find what is known about this'), spawn('writer', 'Write an outline for this')],
    };
  }
  if (leads && turn === 1) return { say: 'I wait for both.', calls: [{ name: 'wait_for_agents', arguments: {} }] };
  if (!leads && turn === 0 && tools.includes('current_time'))
    return { say: 'I look at the clock first.', calls: [{ name: 'current_time', arguments: {} }] };
  const answers = leads ? answersIn(request.messages) : [];
  const said = [`I am the ${type} agent of a rehearsal. My task was: “${task}”.`, ...answers].join('\n\n');
  return { say: `${SCRIPTED_NOTICE} ${said}`, calls: [] };
}

function taskOf(message: ModelMessage | undefined): string {
  const told = message?.role === 'user' ? message.text : '';
  const start = told.indexOf('<task>\n');
  const end = told.indexOf('\n</task>', start);
  const task = start < 0 || end < 0 ? told : told.slice(start + '<task>\n'.length, end);
  return task.length > PART ? `${task.slice(0, PART).trimEnd()}…` : task;
}

/** Returns what each agent answered, from the result of `wait_for_agents`. */
function answersIn(messages: readonly ModelMessage[]): string[] {
  const results = messages.flatMap((message) => (message.role === 'tool' ? message.results : []));
  const waited = results.findLast(({ name }) => name === 'wait_for_agents')?.output ?? '';
  return [...waited.matchAll(/^<agent [^<>]*?type="([\w-]+)" status="(\w+)"[^<>]*>\n([^<]*)\n<\/agent>$/gm)].map(
    ([, type = '', status = '', text = '']) =>
      `The ${type} ${status}: ${unescapeShown(text).replace(SCRIPTED_NOTICE, '').trim()}`,
  );
}
