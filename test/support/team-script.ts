import { type ScriptedGemini, startScriptedGemini } from './scripted-gemini.ts';
import { type ScriptedAnswer, type ScriptedCall, type ScriptedRequest, workerOf } from './scripted-provider.ts';

/** Who asks: the chef in one of his two parts, a worker, or the memory that learns from a finished run or compares what it learned. */
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
  | 'formatter';
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
];

/** An answer, or what makes one of the request. */
export type Line = ScriptedAnswer | ((request: ScriptedRequest) => ScriptedAnswer | Promise<ScriptedAnswer>);
export type Play = Partial<Record<Role, readonly Line[]>>;

/** A request with the role that asked and how many turns of it were told so far. */
export interface TeamRequest {
  role: Role;
  turn: number;
  request: ScriptedRequest;
}

export interface ScriptedTeam {
  gemini: ScriptedGemini;
  /** Everything that was asked, in the order in which it came. */
  asked: TeamRequest[];
  /** Gives the team another play; what was asked so far is forgotten. */
  perform(play: Play): void;
  of(role: Role, turn?: number): TeamRequest[];
  /** Called with every request before it is answered. */
  onRequest: (asked: TeamRequest) => void;
}

/**
 * A team whose lines are written down, behind Gemini's wire. A line is chosen by the role and the number of the assistant's turns in the conversation, so
 * a turn that is asked again is answered the same. Past its last line a role repeats it.
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
  const worker = workerOf(request);
  const named = WORKERS.find((role) => role === worker);
  if (named !== undefined) return named;
  // Only the schema tells them apart: both are the memory's, and neither is a worker of a run.
  if (worker !== 'chef') return JSON.stringify(request.body).includes('"verdicts"') ? 'comparison' : 'memory';
  // Only a plan hands out work.
  return request.tools.some((tool) => tool.name === 'send_message') ? 'plan' : 'summary';
}

/** What is answered in a schema where the play has no line. */
const SILENT: Partial<Record<Role, string>> = { memory: '{"facts":[]}', comparison: '{"verdicts":[]}' };

function answerOf(play: Play, { role, turn, request }: TeamRequest): ScriptedAnswer | Promise<ScriptedAnswer> {
  const lines = play[role] ?? [];
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
