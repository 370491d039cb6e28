import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEFAULT_MODELS } from '../../functions/platform/models/default-models.ts';
import { type GitServer, startGitServer } from '../support/git-server.ts';
import { type LocalServer, startLocalServer } from '../support/local-server.ts';
import { startScriptedOpenAI } from '../support/scripted-openai.ts';
import { type ScriptedServer, type ScriptedTurn, workerOf } from '../support/scripted-provider.ts';

/** The programs of examples/, as a user runs them, against `npm start`. */

const EXAMPLES = join(import.meta.dirname, '../../examples');

let home: string;
let server: LocalServer;
let model: ScriptedServer;
let git: GitServer;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'apexflow-examples-'));
  git = await startGitServer();
  model = await startScriptedOpenAI({ answer: (request) => answerOf(workerOf(request), request.messages.length) });
  server = await startLocalServer({
    APEXFLOW_HOME: join(home, 'state'),
    OPENAI_BASE_URL: model.url,
    GIT_HOSTS: git.host,
    GIT_CA_FILE: git.caFile,
  });
});
afterAll(async () => {
  await server?.kill();
  await model?.close();
  await git?.close();
  rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

const PLAN = {
  nodes: [
    { id: 'T001', worker: 'devops', instruction: 'Add a licence and push it.', reads: [], writes: ['pushed_T001'] },
  ],
  edges: [],
  confidence: 0.9,
  ambiguities: [],
};

/** The model on the user's machine: a planner, a worker that pushes, and a thinker. */
function answerOf(worker: string | undefined, messages: number): ScriptedTurn {
  if (worker === 'planner') return { toolCalls: [{ name: 'submit_plan', arguments: PLAN }] };
  if (worker !== 'devops') return { text: 'A lease is a claim that ends by itself.' };
  if (messages > 1) return { text: 'The licence is pushed.' };
  return {
    toolCalls: [
      { name: 'write_file', arguments: { path: 'LICENSE', content: 'Apache-2.0' } },
      { name: 'push_repository', arguments: { message: 'Add a licence' } },
    ],
  };
}

/** Runs a program in the test's folder and returns what it printed. */
async function run(command: string[], { input = '', environment = {} } = {}): Promise<string> {
  const [program = '', ...parameters] = command;
  const child = spawn(program, parameters, {
    cwd: home,
    env: { ...process.env, APEXFLOW_URL: server.url, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      output += chunk;
    });
  child.stdin.end(input);
  const [exitCode] = await once(child, 'close');
  expect(exitCode, output).toBe(0);
  return output;
}

const program = (name: string, ...parameters: string[]) => [process.execPath, join(EXAMPLES, name), ...parameters];

it('sprint.sh starts a sprint, waits for it and downloads its files', async () => {
  const output = await run(['sh', join(EXAMPLES, 'sprint.sh'), 'Build a "counter" \\ with a button']);
  const [, id] = /started (run_\w+)/.exec(output) ?? [];
  expect(output).toContain(`${id} is completed`);
  expect(output).toMatch(/"items":\[\{"path":/);
  expect(existsSync(join(home, `${id}.zip`))).toBe(true);
});

it('sprint-with-events.ts shows each event once and ends with the run', async () => {
  const output = await run(program('sprint-with-events.ts', 'Build a counter'));
  expect(output.match(/^run_started/gm)).toHaveLength(1);
  expect(output.match(/^run_completed/gm)).toHaveLength(1);
  expect(output).toMatch(/turn_completed +backend/);
  expect(output).toMatch(/completed: \d+ tokens, 0 USD \(scripted\)/);
  expect(output).toMatch(/wrote run_\w+\.zip/);
});

it('mcp-client.ts starts a sprint and follows it through tools', async () => {
  const output = await run(program('mcp-client.ts', 'Build a counter'));
  expect(output).toMatch(/^MCP 2026-07-28, \d+ tools: start_run, start_sprint, /);
  expect(output).toMatch(/started run_\w+\ncompleted: /);
  expect(output).toContain('"path":"backend/server.js"');
});

it('websocket.ts follows a sprint to its end', async () => {
  const output = await run(program('websocket.ts', 'Build a counter'));
  expect(output).toContain('here: WebSocket example');
  expect(output).toMatch(/^backend +runs write_file /m);
  expect(output.match(/^sprint +completed$/gm)).toHaveLength(1);
});

it('memory-for-users.ts keeps users apart and erases one', async () => {
  const output = await run(program('memory-for-users.ts'));
  expect(output).toMatch(/session support-chat-1 is committed, commit [0-9a-f]{10}/);
  expect(output).toMatch(/turn +\d\.\d\d +We moved the launch of Project Lighthouse to March 14\./);
  expect(output).toContain('Grace finds 0 of it');
  expect(output).toMatch(/context: [1-9]\d* items/);
  expect(output).toContain('memory is kept for ada\n');
  expect(output).toMatch(/erased [1-9]\d* rows/);
  expect(output).toContain('Ada finds 0 hits');
});

it('chat.ts streams answers, keeps what was learned, and a new conversation remembers it', async () => {
  const output = await run(program('chat.ts'));
  expect(output).toContain('`calculator` says: 50');
  expect(output).toContain('kept: I always prefer PostgreSQL.');
  expect(output).toMatch(/^M1 \(cited\): I always prefer PostgreSQL\.$/m);
});

it('agents.ts spawns a tree, follows it and prints its result', async () => {
  const output = await run(program('agents.ts', 'Compare two ways to store energy'));
  expect(output).toMatch(/^spawned agent_\w{26}$/m);
  expect(output).toMatch(/^general +completed +0 USD/m);
  expect(output).toMatch(/^ {2}researcher +completed +0 USD/m);
  expect(output).toContain('[Scripted rehearsal: no model was called.] I am the general agent');
});

it('council.ts shows each stance, who changed their mind, the end and the outcome', async () => {
  const output = await run(program('council.ts', 'What first?', 'The importer', 'The search'));
  expect(output).toMatch(/^foreseen: 24 calls, 0 USD$/m);
  expect(output.match(/^ {2}\w+ +The (?:importer|search) \(0\.\d\)$/gm)).toHaveLength(10);
  expect(output).toMatch(/^ {2}Synthesizer +The importer \(0\.6\)\n +before: The search\. /m);
  expect(output).toContain('completed, ended by consensus: 0 USD spent\nwinner: The importer\n');
  expect(output).toMatch(/^minority: .*Idealist: “The search”/m);
});

it('call-a-tool.ts lists tools, calls some, and repeats a call safely', async () => {
  const output = await run(program('call-a-tool.ts'));
  expect(output).toMatch(/^numbers +calculator, convert_units/m);
  expect(output).toContain('2026-02-28 (Saturday)');
  expect(output).toContain('26.2 mi = 42.1648128 km');
  expect(output).toContain('"Ada": 24.5');
});

it('village.ts posts as two agents, shows their thread without a private note, and searches', async () => {
  const output = await run(program('village.ts'));
  expect(output).toContain('Where maps live (Scout, Keeper)\n  Scout: Which database');
  expect(output).not.toContain('Ask Keeper');
  expect(output).toMatch(/finds\n {2}1\.00 Keeper: In PostgreSQL, with PostGIS for the coastlines\./);
});

it('upload-file.ts sends a file, is told what it is, and gets it back unchanged', async () => {
  const output = await run(program('upload-file.ts', join(EXAMPLES, 'README.md')));
  expect(output).toMatch(/README\.md is text\/plain with \d+ characters/);
  expect(output).toContain('got it back unchanged');
  expect(output).toContain('deleted it');
});

it('import.ts checks an export, imports it, and shows its report', async () => {
  const output = await run(program('import.ts'));
  expect(output).toContain('check completed: 1 conversation created');
  expect(output).toContain('import completed: 1 conversation created');
  expect(output).toMatch(/How high is the gate\?: created chat_\w+/);
});

it('planned-run.ts asks before a push, and pushes after the approval', async () => {
  const account = { email: 'approver@example.com', password: 'correct-horse-battery' };
  const { access_token: token } = (
    await server.call('POST', '/api/v1/auth/register', { body: { ...account, display_name: 'Ada' } })
  ).body as { access_token: string };
  // A listed name, as a server of one's own may use it: it is free, so the budget covers every call.
  const worker_config = { default: { provider: 'openai', model: DEFAULT_MODELS.openai.model } };
  await server.call('PATCH', '/api/v1/tenant', { token, body: { worker_config } });
  git.create('acme/app', { 'README.md': 'theirs' });
  const output = await run(program('planned-run.ts', 'Add a licence', 'acme/app'), {
    input: 'approve\n',
    environment: { APEXFLOW_EMAIL: account.email, APEXFLOW_PASSWORD: account.password, GITHUB_TOKEN: git.token },
  });
  expect(output).toContain('approval of T001');
  expect(output).toContain('A LICENSE');
  expect(output).toContain('The licence is pushed.');
  const [, id] = /started (run_\w+)/.exec(output) ?? [];
  expect(git.read('acme/app', `apexflow/${id}`, 'LICENSE')).toBe('Apache-2.0');
});

it('local-model.ts is answered by the model of the machine', async () => {
  const output = await run(program('local-model.ts', 'What is a lease?'), { environment: { LOCAL_MODEL: 'qwen3:8b' } });
  expect(output).toContain('A lease is a claim that ends by itself.');
  expect(output).toMatch(/completed by qwen3:8b: \d+ tokens/);
  expect(model.requests.at(-1)).toMatchObject({ model: 'qwen3:8b' });
});
