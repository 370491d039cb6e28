import { describe, expect, test } from 'vitest';
import type { CodeRequest, Interpreter } from '../../../functions/tools/code/code.ts';
import { interpret } from '../../../functions/tools/code/interpret.ts';
import { openJavascript } from '../../../functions/tools/code/interpret-javascript.ts';
import { openPython } from '../../../functions/tools/code/interpret-python.ts';
import { interpreterProcesses } from './interpreter-processes.ts';

/** Enough for a program that ends by itself or exceeds another limit, even on a slow machine. */
const AMPLE_SECONDS = 20;
/** The time limit of programs that never end. It starts when the interpreter is loaded. */
const SHORT_SECONDS = 0.3;

const javascript = (code: string, timeout_seconds = AMPLE_SECONDS) =>
  interpret({ language: 'javascript', code, input: '', timeout_seconds });
const python = (code: string, timeout_seconds = AMPLE_SECONDS) =>
  interpret({ language: 'python', code, input: '', timeout_seconds });

test('writes values as the language does', async () => {
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

describe.concurrent('stops or reports', () => {
  test.each([
    ['an endless loop', javascript, 'while (true);', { status: 'timed_out' }],
    ['an endless loop that catches errors', javascript, 'for (;;) try { for (;;); } catch {}', { status: 'timed_out' }],
    [
      'an endless loop of promises',
      javascript,
      'async function f() { for (;;) await 1; } await f()',
      { status: 'timed_out' },
    ],
    [
      'a regular expression that backtracks',
      javascript,
      '/(a+)+$/.test("a".repeat(40) + "b")',
      { status: 'timed_out' },
    ],
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
      'a value that is nested too deeply to write',
      javascript,
      'let o = {}; for (let i = 0; i < 2e4; i++) o = { o }; o',
      { status: 'completed', value: '[object Object]' },
    ],
    [
      'a program that changes built-in functions',
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

  test('the output that a program printed before it was stopped', async () => {
    // 2 seconds, because a process that starts slowly would be killed before it prints.
    const result = await javascript('console.log("begun"); for (;;);', 2);
    expect(result).toMatchObject({ end: { status: 'timed_out' }, output: 'begun\n' });
  });
});

test('leaves no process behind', () => {
  expect(interpreterProcesses()).toEqual([]);
});

/**
 * These programs run inside this process, which has files, variables and a network. So only the interpreter keeps a
 * program away from them. In production the process without rights is an additional barrier.
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

test('does not pass changes of built-in objects to the next program', async () => {
  await javascript('Object.prototype.polluted = 1; JSON.stringify = () => "lie"; globalThis.kept = 1');
  expect((await javascript('JSON.stringify([typeof kept, {}.polluted])')).end).toMatchObject({
    value: '["undefined",null]',
  });
  expect({}).not.toHaveProperty('polluted');
});
