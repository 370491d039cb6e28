import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useLocalGateway } from '../../../functions/platform/http/internal-call.ts';
import type { CodeRequest, Interpreter } from '../../../functions/tools/code/code.ts';
import { interpret } from '../../../functions/tools/code/interpret.ts';
import { openJavascript } from '../../../functions/tools/code/interpret-javascript.ts';
import { openPython } from '../../../functions/tools/code/interpret-python.ts';
import { runCode } from '../../../functions/tools/code/run-code.ts';
import { runSandboxCode } from '../../../functions/tools/endpoints/run-sandbox-code.ts';
import { callTool } from '../../../functions/tools/tool.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { createToolCaller } from '../tool-caller.ts';

/**
 * Real interpreters in real processes behind real HTTP. Most tests run at the same time, because each of them mainly
 * waits for a process to start.
 */
let server: TestServer;
beforeAll(async () => {
  server = await startServer([runSandboxCode]);
});
afterAll(() => server.close());

/** Calls the tool in a run of its own. */
async function call(parameters: unknown, signal?: AbortSignal) {
  const worker = await createToolCaller();
  const context = { ...worker.context, ...(signal ? { signal } : {}) };
  const outcome = await callTool([runCode], 'run_code', parameters, context);
  if (outcome.status !== 'completed') throw new Error('It does not wait');
  if (outcome.statements.length > 0) await worker.database.queryAll(outcome.statements);
  return { ...outcome, worker };
}

/** A program that ends by itself or meets another limit does so before this, however slow the machine is. */
const AMPLE_SECONDS = 20;
/** For a program that never ends. The time starts when its interpreter is loaded. */
const SHORT_SECONDS = 0.3;

const javascript = (code: string, timeout_seconds = AMPLE_SECONDS) =>
  interpret({ language: 'javascript', code, input: '', timeout_seconds });
const python = (code: string, timeout_seconds = AMPLE_SECONDS) =>
  interpret({ language: 'python', code, input: '', timeout_seconds });

/** The interpreter processes that this process has started and that are alive. */
function interpreters(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const isOurs = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[1] === `${process.pid}`;
      return isOurs && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('interpreter-process');
    } catch {
      return false;
    }
  });
}

describe.concurrent('a program', () => {
  test.each([
    ['javascript', 'console.log("sum:", input.split(" ").length);\n[1, 2, 3].map((x) => x * 2)', '[2,4,6]'],
    ['python', 'print("sum:", len(input.split(" ")))\n[x * 2 for x in (1, 2, 3)]', '[2, 4, 6]'],
  ])('%s: prints, reads its input and ends with a value', async (language, code, value) => {
    const { worker, ...outcome } = await call({ language, code, input: 'a b c ü😀' });
    expect(outcome.isError).toBe(false);
    expect(outcome.output).toMatch(/^Ended \(\d+\.\d s\)\n--- printed\nsum: 4\n--- value\n/);
    expect(outcome.output.endsWith(value)).toBe(true);
    expect(outcome.facts).toMatchObject({ language, outcome: 'completed' });
    expect(await worker.securityEvents()).toMatchObject([
      {
        action: 'sandbox_completed',
        user_id: worker.context.userId,
        code_snippet: expect.stringMatching(new RegExp(`^sha256:[0-9a-f]{64} \\(${code.length} characters\\)$`)),
        detail: { tool: 'run_code', language, outcome: 'completed', duration_ms: expect.any(Number) },
      },
    ]);
  });

  test.each([
    ['javascript', 'null.x', /TypeError: cannot read property 'x' of null[\s\S]*program\.js:1/],
    ['javascript', 'let = ;', /SyntaxError/],
    ['javascript', 'throw { code: 7 }', /\{"code":7\}/],
    ['javascript', 'await new Promise(() => {})', /awaits something that never comes/],
    [
      'python',
      'print("before")\n1 / 0',
      /--- printed\nbefore\n--- error\nTraceback[\s\S]*line 2[\s\S]*ZeroDivisionError/,
    ],
    ['python', 'if True\n  pass', /SyntaxError/],
  ])('%s that fails is answered with the place and the reason: %s', async (language, code, error) => {
    const { worker, ...outcome } = await call({ language, code });
    expect(outcome.isError).toBe(true);
    expect(outcome.output).toMatch(/^Failed/);
    expect(outcome.output).toMatch(error);
    expect(await worker.securityEvents()).toMatchObject([{ action: 'sandbox_execution_error' }]);
  });

  test('values are written as the language writes them', async () => {
    const results = await Promise.all([
      javascript('({ a: [1, 2n], m: new Map([["k", new Set([1])]]), u: undefined })'),
      javascript('const x = 1'),
      javascript('await Promise.resolve("ü😀\\u0000")'),
      python('{"a": (1,), "b": [None, True, 1.5], 3: {1}, "big": 10**30}'),
      python('x = 1'),
      python('"ü😀"'),
    ]);
    expect(results.map(({ end }) => (end.status === 'completed' ? end.value : end))).toEqual([
      '{"a":[1,"2n"],"m":[["k",[1]]]}',
      null,
      'ü😀\u0000',
      '{"a": (1,), "b": [None, True, 1.5], 3: {1}, "big": 1000000000000000000000000000000}',
      null,
      'ü😀',
    ]);
  });

  test('its output is plain text, and keys in it are masked', async () => {
    const key = `ghp_${'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789'}`;
    const outcome = await call({ language: 'python', code: `print("\\x1b[2J\\rEVIL ${key}")\n"${key}"` });
    expect(outcome.output).toContain('\\x1b[2J\\rEVIL ghp_AbCd…');
    expect(outcome.output).not.toContain(key);
  });
});

describe.concurrent('limits', () => {
  test.each([
    ['an endless loop', javascript, 'while (true);', { status: 'timed_out' }],
    ['one that catches', javascript, 'for (;;) try { for (;;); } catch {}', { status: 'timed_out' }],
    ['one of promises', javascript, 'async function f() { for (;;) await 1; } await f()', { status: 'timed_out' }],
    ['a regular expression', javascript, '/(a+)+$/.test("a".repeat(40) + "b")', { status: 'timed_out' }],
    [
      'a memory bomb',
      javascript,
      'const a = []; for (;;) a.push(new Array(1e6).fill(1))',
      { status: 'limit_exceeded', limit: 'memory' },
    ],
    ['a string bomb', javascript, 'let s = "x"; for (;;) s += s', { status: 'failed' }],
    [
      'endless output',
      javascript,
      'for (;;) console.log("x".repeat(100))',
      { status: 'limit_exceeded', limit: 'output' },
    ],
    ['endless recursion', javascript, 'const f = () => f() + 1; f()', { status: 'failed' }],
    [
      'a value too deep to write',
      javascript,
      'let o = {}; for (let i = 0; i < 2e4; i++) o = { o }; o',
      { status: 'completed', value: '[object Object]' },
    ],
    [
      'a tampered language',
      javascript,
      'Array.prototype.map = () => { for (;;); }; console.log(1)',
      { status: 'timed_out' },
    ],
    ['an endless loop', python, 'while True: pass', { status: 'timed_out' }],
    [
      'a memory bomb',
      python,
      'a = []\nwhile True: a.append("x" * 100000)',
      { status: 'limit_exceeded', limit: 'memory' },
    ],
    ['one long string', python, '"x" * 10**12', { status: 'limit_exceeded', limit: 'memory' }],
    ['one large number', python, '10 ** 10 ** 9', { status: 'limit_exceeded', limit: 'memory' }],
    ['endless output', python, 'while True: print("x" * 100)', { status: 'limit_exceeded', limit: 'output' }],
    ['endless recursion', python, 'def f(): return f()\nf()', { status: 'failed' }],
    ['brackets without end', python, '['.repeat(90_000), { status: 'failed' }],
  ])('%s', async (_what, run, code, end) => {
    const result = await run(code, end.status === 'timed_out' ? SHORT_SECONDS : AMPLE_SECONDS);
    expect(result.end).toMatchObject(end);
    expect(result.output.length).toBeLessThan(70_000);
  });

  test('what a program has printed before it is stopped is in the result', async () => {
    // Below two seconds in all a process that is slow to start would be killed before it prints.
    const result = await javascript('console.log("begun"); for (;;);', 2);
    expect(result).toMatchObject({ end: { status: 'timed_out' }, output: 'begun\n' });
  });

  test('a stopped program is logged as such', async () => {
    const { worker } = await call({ language: 'javascript', code: 'for (;;) console.log("x".repeat(1000))' });
    expect(await worker.securityEvents()).toMatchObject([{ action: 'sandbox_limit', detail: { limit: 'output' } }]);
  });
});

test('no interpreter is left when the programs have ended', () => {
  expect(interpreters()).toEqual([]);
});

test('a stop of the run ends the program', async () => {
  const stopping = new AbortController();
  const outcome = call({ language: 'javascript', code: 'for (;;);' }, stopping.signal).catch(() => 'stopped');
  while (interpreters().length === 0) await sleep(5);
  stopping.abort(new Error('stopped'));
  expect(await outcome).toBe('stopped');
  while (interpreters().length > 0) await sleep(5);
});

/**
 * These programs run in this process, which has files, variables and a network to find: what keeps a program away from
 * them is its interpreter alone. A process without rights, as in production, comes on top.
 */
describe('an interpreter gives a program no access to the machine', () => {
  const runHere = async (open: () => Promise<Interpreter>, request: Pick<CodeRequest, 'language' | 'code'>) =>
    (await open())({ input: '', timeout_seconds: AMPLE_SECONDS, ...request }, () => undefined);
  const javascriptHere = (code: string) => runHere(openJavascript, { language: 'javascript', code });
  const pythonHere = (code: string) => runHere(openPython, { language: 'python', code });

  test.each([
    'typeof process + typeof require + typeof fetch + typeof Deno + typeof WebAssembly + typeof std + typeof os',
    'this.constructor.constructor("return typeof process + typeof require + typeof fetch")()',
    'console.log.constructor("return typeof process + typeof globalThis.process")()',
    '(async () => {}).constructor("return typeof process + typeof require")()',
    'new Error().constructor.constructor("return typeof process + typeof module")()',
    'try { null.x } catch (e) { e.constructor.constructor("return typeof process + typeof global")() }',
  ])('javascript: %s', async (code) => {
    const end = await javascriptHere(code);
    expect(end).toMatchObject({ status: 'completed', value: expect.stringMatching(/^(undefined)+$|^\{\}$/) });
  });

  test.each([
    'await import("node:fs")',
    'await import("/etc/passwd")',
    'import fs from "fs"',
    'require("fs")',
    'fetch("http://127.0.0.1")',
  ])('javascript: %s', async (code) => expect((await javascriptHere(code)).status).toBe('failed'));

  test.each([
    'open("/etc/passwd").read()',
    'from pathlib import Path\nPath("/etc/passwd").read_text()',
    'import os\nos.environ',
    'import os\nos.getenv("PATH")',
    'import os\nos.system("id")',
    'import os\nos.listdir("/")',
    'import subprocess',
    'import socket',
    'import ctypes',
    '__import__("os")',
    'eval("1")',
    'exec("1")',
    '().__class__.__bases__[0].__subclasses__()',
    'print.__globals__',
    '(lambda: 0).__code__',
  ])('python: %s', async (code) => {
    const end = await pythonHere(code);
    expect(end.status).toBe('failed');
    expect(JSON.stringify(end)).not.toContain('root:');
  });
});

test('a program does not find what an earlier one changed in its language', async () => {
  await javascript('Object.prototype.polluted = 1; JSON.stringify = () => "lie"; globalThis.kept = 1');
  expect((await javascript('JSON.stringify([typeof kept, {}.polluted])')).end).toMatchObject({
    value: '["undefined",null]',
  });
  expect({}).not.toHaveProperty('polluted');
});

test('the tool says which languages there are, and takes no other', async () => {
  expect(runCode.description).toMatch(/Languages: javascript .*; python /);
  expect((await call({ language: 'ruby', code: '1' })).output).toContain('The arguments of run_code are wrong');
  expect((await call({ language: 'python', code: '' })).isError).toBe(true);
});

test('an interpreter that cannot be reached is told and noted, and nothing is run elsewhere', async () => {
  useLocalGateway('http://127.0.0.1:1');
  try {
    const { worker, ...outcome } = await call({ language: 'javascript', code: '1 + 1' });
    expect(outcome.output).toContain('Nothing was run: the interpreter did not answer.');
    expect(await worker.securityEvents()).toMatchObject([{ action: 'sandbox_error' }]);
  } finally {
    useLocalGateway(server.url);
  }
});

test('is deployed as the account without rights, one program at a time', () => {
  expect(runSandboxCode.deployment).toMatchObject({ identity: 'sandbox', concurrency: 1 });
  expect(runSandboxCode.deployment.secrets).toBeUndefined();
});
