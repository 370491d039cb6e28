import { type ScriptedGemini, startScriptedGemini } from './scripted-gemini.ts';
import { type ScriptedAnswer, type ScriptedCall, type ScriptedRequest, workerOf } from './scripted-provider.ts';

/**
 * The part of the product that asks the model: the chef (`plan` or `summary`), a worker, or the memory, which extracts
 * facts from a finished run (`memory`) or compares facts (`comparison`);
 * the chat, which condenses a long conversation (`condenser`); a member or the chair of a council; or an agent of a
 * tree, of any type (`agent`).
 */
export type Role =
  | 'plan'
  | 'summary'
  | 'backend'
  | 'frontend'
  | 'devops'
  | 'memory'
  | 'comparison'
  | 'planner'
  | 'retriever'
  | 'coder'
  | 'thinker'
  | 'summarizer'
  | 'formatter'
  | 'assistant'
  | 'condenser'
  | 'agent'
  | 'councillor'
  | 'chair';
const WORKERS: readonly Role[] = [
  'backend',
  'frontend',
  'devops',
  'planner',
  'retriever',
  'coder',
  'thinker',
  'summarizer',
  'formatter',
  'assistant',
  'councillor',
  'chair',
];

/** An answer, or a function that makes an answer from the request. */
export type Line = ScriptedAnswer | ((request: ScriptedRequest) => ScriptedAnswer | Promise<ScriptedAnswer>);
export type Play = Partial<Record<Role, readonly Line[]>>;

/** A request with the role that asks and the number of its earlier turns. */
export interface TeamRequest {
  role: Role;
  turn: number;
  request: ScriptedRequest;
}

export interface ScriptedTeam {
  gemini: ScriptedGemini;
  /** All requests in order. */
  asked: TeamRequest[];
  /** Replaces the script and clears `asked`. */
  perform(play: Play): void;
  of(role: Role, turn?: number): TeamRequest[];
  /** Called for every request before it is answered. */
  onRequest: (asked: TeamRequest) => void;
}

/**
 * Starts a team with scripted answers behind Gemini's API. The role and the number of the assistant's turns in the
 * conversation select the answer, so a repeated request gets the same answer. A role repeats its last answer.
 */
export async function startTeam(first: Play = {}): Promise<ScriptedTeam> {
  let play = first;
  const asked: TeamRequest[] = [];
  const gemini = await startScriptedGemini({
    answer: async (request) => {
      const one = describe(request);
      asked.push(one);
      team.onRequest(one);
      return answerOf(play, one);
    },
  });
  const team: ScriptedTeam = {
    gemini,
    asked,
    perform: (next) => {
      play = next;
      asked.length = 0;
    },
    of: (role, turn) => asked.filter((one) => one.role === role && (turn === undefined || one.turn === turn)),
    onRequest: () => undefined,
  };
  return team;
}

function describe(request: ScriptedRequest): TeamRequest {
  return { role: roleOf(request), turn: request.messages.filter(({ role }) => role === 'assistant').length, request };
}

function roleOf(request: ScriptedRequest): Role {
  if (/^You are the [\w-]+ agent\n/.test(request.system)) return 'agent';
  const worker = workerOf(request);
  const named = WORKERS.find((role) => role === worker);
  if (named !== undefined) return named;
  // Both requests come from the memory; only the schema of their answers differs.
  if (JSON.stringify(request.body).includes('You keep the notes of a conversation')) return 'condenser';
  if (worker !== 'chef') return JSON.stringify(request.body).includes('"verdicts"') ? 'comparison' : 'memory';
  // The chef has this tool only while it plans.
  return request.tools.some((tool) => tool.name === 'send_message') ? 'plan' : 'summary';
}

/** Answers of roles that have a schema and no script. */
const SILENT: Partial<Record<Role, string>> = {
  memory: '{"facts":[]}',
  comparison: '{"verdicts":[]}',
  condenser: '{}',
};

/** A chef without a script lets the backend work, because a sprint in which nobody works fails. */
function answerOf(play: Play, { role, turn, request }: TeamRequest): ScriptedAnswer | Promise<ScriptedAnswer> {
  const lines = play[role] ?? (role === 'plan' ? planFor('backend') : []);
  const line = lines[Math.min(turn, lines.length - 1)] ?? { text: SILENT[role] ?? `${role} is done` };
  return typeof line === 'function' ? line(request) : line;
}

export const call = (name: string, parameters: Record<string, unknown> = {}): ScriptedCall => ({
  name,
  arguments: parameters,
});
export const write = (path: string, content: string): ScriptedCall => call('write_file', { path, content });
export const tell = (to: string, content: string): ScriptedCall => call('send_message', { to, content });

/** A plan that sends each of these workers to work at once. */
export function planFor(...workers: string[]): Line[] {
  return [
    { text: 'I hand out the work.', toolCalls: workers.map((worker) => tell(worker, `Do your part, ${worker}.`)) },
    { text: 'The plan stands.' },
  ];
}

/** A small app: two workers who write files, talk to each other and report. Each answer takes `delayMs`. */
export function smallApp(delayMs = 0): Play {
  const slow = (line: ScriptedAnswer): ScriptedAnswer => ({ delayMs, ...line });
  const play: Play = {
    plan: [
      {
        text: 'I hand out the work.',
        toolCalls: [
          tell('backend', 'Build GET /api/notes in backend/server.js.'),
          tell('frontend', 'Build frontend/index.html for it.'),
        ],
      },
      { text: 'The plan: an API and a page.' },
    ],
    backend: [
      {
        text: 'I write the server.',
        toolCalls: [
          write('backend/server.js', SERVER),
          write('backend/package.json', '{"name":"notes"}\n'),
          call('list_files'),
        ],
      },
      {
        text: 'I tell the frontend.',
        toolCalls: [
          tell('frontend', 'GET /api/notes answers {"notes": []}.'),
          call('remember', { fact: 'The notes API answers an object with the list under notes.' }),
        ],
      },
      { text: 'The server stands in backend/server.js.' },
    ],
    frontend: [
      { text: 'I write the page.', toolCalls: [write('frontend/index.html', PAGE)] },
      { text: 'I wait for the API.', toolCalls: [call('read_messages', { wait_seconds: 60 })] },
      { text: 'Now the script.', toolCalls: [write('frontend/script.js', SCRIPT)] },
      { text: 'The page stands in frontend/index.html.' },
    ],
    summary: [
      {
        text: 'I look at the result.',
        toolCalls: [call('list_files'), call('read_file', { path: 'backend/server.js' })],
      },
      { text: 'The notes app is there: backend/server.js and frontend/index.html.' },
    ],
  };
  return Object.fromEntries(
    Object.entries(play).map(([role, lines]) => [
      role,
      lines.map((line) => (typeof line === 'function' ? line : slow(line))),
    ]),
  );
}

export const SERVER =
  "import { createServer } from 'node:http';\ncreateServer((_, response) => response.end('{\"notes\":[]}')).listen(3000);\n";
export const PAGE = '<!doctype html><title>Notes</title><script type="module" src="script.js"></script>\n';
export const SCRIPT =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a script
  "const { notes } = await (await fetch('/api/notes')).json();\ndocument.body.append(`${notes.length} notes – ünïcödé`);\n";
/** What the small app leaves. */
export const SMALL_APP_FILES: Record<string, string> = {
  'backend/package.json': '{"name":"notes"}\n',
  'backend/server.js': SERVER,
  'frontend/index.html': PAGE,
  'frontend/script.js': SCRIPT,
};
