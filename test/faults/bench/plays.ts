import type { ScriptedAnswer } from '../../support/scripted-provider.ts';
import { call, type Play, tell, write } from '../../support/team-script.ts';

/**
 * Scripts of the fault bench's teams. Every effect can be counted: versions of files, messages, facts, costs of turns.
 * The effects do not depend on the order of concurrent workers, so each run can be compared with the fault-free run.
 */

/** The shortest sprint with every kind of effect, for faults at each of its statements. */
export const SHORT_PLAY: Play = {
  plan: [{ text: 'Go.', toolCalls: [tell('backend', 'Build the API.')] }, { text: 'The plan stands.' }],
  backend: [
    {
      text: 'Work.',
      toolCalls: [
        write('api.js', 'export const api = 1;\n'),
        call('edit_file', { path: 'api.js', old_text: 'api = 1', new_text: 'api = 2' }),
        call('remember', { fact: 'The API is called api.' }),
      ],
    },
    { text: 'The API is done.' },
  ],
  summary: [{ text: 'All is done.' }],
};

/** Two concurrent workers that write files, send messages and store facts. */
export const TEAM_PLAY: Play = {
  plan: [
    { text: 'Go.', toolCalls: [tell('backend', 'Build the API.'), tell('frontend', 'Build the page.')] },
    { text: 'The plan stands.' },
  ],
  backend: [
    { text: 'Files.', toolCalls: [write('api.js', 'export const api = 1;\n'), write('data.json', '{}\n')] },
    {
      text: 'Word.',
      toolCalls: [
        call('edit_file', { path: 'api.js', old_text: 'api = 1', new_text: 'api = 2' }),
        tell('frontend', 'The API stands.'),
        call('remember', { fact: 'The API is called api.' }),
      ],
    },
    { text: 'The API is done.' },
  ],
  frontend: [
    { text: 'A page.', toolCalls: [write('page.html', '<title>Page</title>\n')] },
    { text: 'I wait.', toolCalls: [call('read_messages', { wait_seconds: 300 })] },
    { text: 'A script.', toolCalls: [write('script.js', 'start();\n')] },
    { text: 'The page is done.' },
  ],
  summary: [{ text: 'I look.', toolCalls: [call('list_files')] }, { text: 'All is done.' }],
};

/** A tree of agents that spawns two agents beside each other, waits for both, and ends with what they found. */
export const AGENTS_PLAY: Play = {
  agent: [
    (request) => {
      const type = /^You are the (\w+) agent/.exec(request.system)?.[1] ?? '';
      const turn = request.messages.filter(({ role }) => role === 'assistant').length;
      return AGENT_LINES[type]?.[turn] ?? { text: `${type} is done.` };
    },
  ],
};
const AGENT_LINES: Record<string, readonly ScriptedAnswer[]> = {
  general: [
    {
      text: 'I spawn two.',
      toolCalls: [
        call('spawn_agent', { agent_type: 'researcher', task: 'Find it' }),
        call('spawn_agent', { agent_type: 'writer', task: 'Write it' }),
      ],
    },
    { text: 'I wait.', toolCalls: [call('wait_for_agents')] },
  ],
  researcher: [{ text: 'I compute.', toolCalls: [call('calculator', { expression: '6 * 7' })] }],
  writer: [{ text: 'I write.', toolCalls: [write('text.md', '# It\n')] }],
};

/** An answer of the chat with every kind of effect: two calls, one of which starts a run, and a text after them. */
export const CHAT_PLAY: Play = {
  assistant: [
    {
      text: 'I compute and start the work.',
      toolCalls: [
        call('calculator', { expression: '6 * 7' }),
        call('start_run', { kind: 'run', task: 'Sum up', worker: 'summarizer' }),
      ],
    },
    { text: 'It is 42.' },
  ],
  summarizer: [{ text: 'Summed up.' }],
};
