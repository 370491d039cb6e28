import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { useLocalGateway } from '../../../functions/platform/internal-call.ts';
import { interpret } from '../../../functions/tools/code/interpret.ts';
import { runCode } from '../../../functions/tools/code/run-code.ts';
import { runSandboxCode } from '../../../functions/tools/endpoints/run-sandbox-code.ts';
import { callTool } from '../../../functions/tools/tool.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { createToolCaller, type ToolCaller } from '../tool-caller.ts';

/** Real interpreters in real processes behind real HTTP. */
let server: TestServer;
let worker: ToolCaller;
beforeAll(async () => {
  server = await startServer([runSandboxCode]);
});
afterAll(() => server.close());
beforeEach(async () => {
  worker = await createToolCaller();
});

async function call(parameters: unknown, signal?: AbortSignal) {
  const context = { ...worker.context, ...(signal ? { signal } : {}) };
  const outcome = await callTool([runCode], 'run_code', parameters, context);
  if (outcome.status !== 'completed') throw new Error('It does not wait');
  if (outcome.statements.length > 0) await worker.database.queryAll(outcome.statements);
  return outcome;
}

const javascript = (code: string, timeout_seconds = 2) =>
  interpret({ language: 'javascript', code, input: '', timeout_seconds });
const python = (code: string, timeout_seconds = 2) =>
  interpret({ language: 'python', code, input: '', timeout_seconds });

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

describe('a program', () => {
  test.each([
    ['javascript', 'console.log("sum:", input.split(" ").length);\n[1, 2, 3].map((x) => x * 2)', '[2,4,6]'],
    ['python', 'print("sum:", len(input.split(" ")))\n[x * 2 for x in (1, 2, 3)]', '[2, 4, 6]'],
  ])('%s: prints, reads its input and ends with a value', async (language, code, value) => {
    const outcome = await call({ language, code, input: 'a b c ü😀' });
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
  ])('%s that fails is told where and why: %s', async (language, code, error) => {
    const outcome = await call({ language, code });
    expect(outcome.isError).toBe(true);
    expect(outcome.output).toMatch(/^Failed/);
    expect(outcome.output).toMatch(error);
    expect(await worker.securityEvents()).toMatchObject([{ action: 'sandbox_execution_error' }]);
  });

  test('values are written as the language writes them', async () => {
    const value = async (running: ReturnType<typeof javascript>) => {
      const { end } = await running;
      return end.status === 'completed' ? end.value : end;
    };
    expect(await value(javascript('({ a: [1, 2n], m: new Map([["k", new Set([1])]]), u: undefined })'))).toBe(
      '{"a":[1,"2n"],"m":[["k",[1]]]}',
    );
    expect(await value(javascript('const x = 1'))).toBeNull();
    expect(await value(javascript('await Promise.resolve("ü😀\\u0000")'))).toBe('ü😀\u0000');
    expect(await value(python('{"a": (1,), "b": [None, True, 1.5], 3: {1}, "big": 10**30}'))).toBe(
      '{"a": (1,), "b": [None, True, 1.5], 3: {1}, "big": 1000000000000000000000000000000}',
    );
    expect(await value(python('x = 1'))).toBeNull();
    expect(await value(python('"ü😀"'))).toBe('ü😀');
  });

  test('its output is plain text, and keys in it are masked', async () => {
    const key = `ghp_${'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789'}`;
    const outcome = await call({ language: 'python', code: `print("\\x1b[2J\\rEVIL ${key}")\n"${key}"` });
    expect(outcome.output).toContain('\\x1b[2J\\rEVIL ghp_AbCd…');
    expect(outcome.output).not.toContain(key);
  });
});

describe('limits', () => {
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
    ['a value too deep to tell', javascript, 'let o = {}; for (let i = 0; i < 1e5; i++) o = { o }; o', undefined],
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
    // What ends at the deadline should get there soon; what meets another limit first, however slow the machine is.
    const result = await run(code, end?.status === 'timed_out' || end === undefined ? 2 : 20);
    if (end) expect(result.end).toMatchObject(end);
    else expect(['completed', 'failed', 'timed_out']).toContain(result.end.status);
    expect(result.output.length).toBeLessThan(70_000);
    expect(interpreters()).toEqual([]);
  });

  test('what was printed before a program was stopped is told', async () => {
    const result = await javascript('console.log("begun"); for (;;);');
    expect(result).toMatchObject({ end: { status: 'timed_out' }, output: 'begun\n' });
  });

  test('a stop of the run ends the program', async () => {
    const stopping = new AbortController();
    const outcome = call({ language: 'javascript', code: 'for (;;);' }, stopping.signal).catch(() => 'stopped');
    while (interpreters().length === 0) await sleep(20);
    stopping.abort(new Error('stopped'));
    expect(await outcome).toBe('stopped');
    while (interpreters().length > 0) await sleep(20);
  });

  test('a stopped program is noted as such', async () => {
    await call({ language: 'javascript', code: 'for (;;) console.log("x".repeat(1000))' });
    expect(await worker.securityEvents()).toMatchObject([{ action: 'sandbox_limit', detail: { limit: 'output' } }]);
  });
});

describe('a program finds nothing of ours', () => {
  test.each([
    'typeof process + typeof require + typeof fetch + typeof Deno + typeof WebAssembly + typeof std + typeof os',
    'this.constructor.constructor("return typeof process + typeof require + typeof fetch")()',
    'console.log.constructor("return typeof process + typeof globalThis.process")()',
    '(async () => {}).constructor("return typeof process + typeof require")()',
    'new Error().constructor.constructor("return typeof process + typeof module")()',
    'try { null.x } catch (e) { e.constructor.constructor("return typeof process + typeof global")() }',
  ])('javascript: %s', async (code) => {
    const { end } = await javascript(code);
    expect(end).toMatchObject({ status: 'completed', value: expect.stringMatching(/^(undefined)+$|^\{\}$/) });
  });

  test.each([
    'await import("node:fs")',
    'await import("/etc/passwd")',
    'import fs from "fs"',
    'require("fs")',
    'fetch("http://127.0.0.1")',
  ])('javascript: %s', async (code) => expect((await javascript(code)).end.status).toBe('failed'));

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
    const { end } = await python(code);
    expect(end.status).toBe('failed');
    expect(JSON.stringify(end)).not.toContain('root:');
  });

  test('what a program changes in its language, the next does not find', async () => {
    await javascript('Object.prototype.polluted = 1; JSON.stringify = () => "lie"; globalThis.kept = 1');
    expect((await javascript('JSON.stringify([typeof kept, {}.polluted])')).end).toMatchObject({
      value: '["undefined",null]',
    });
    expect({}).not.toHaveProperty('polluted');
  });
});

test('the tool says which languages there are, and takes no other', async () => {
  expect(runCode.description).toMatch(/Languages: javascript .*; python /);
  expect((await call({ language: 'ruby', code: '1' })).output).toContain('The arguments of run_code are wrong');
  expect((await call({ language: 'python', code: '' })).isError).toBe(true);
});

test('an interpreter that cannot be reached is told and noted, and nothing is run elsewhere', async () => {
  useLocalGateway('http://127.0.0.1:1');
  try {
    const outcome = await call({ language: 'javascript', code: '1 + 1' });
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
