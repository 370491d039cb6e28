import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useLocalGateway } from '../../../functions/platform/process/own-url.ts';
import { runCode } from '../../../functions/tools/code/run-code.ts';
import { runSandboxCode } from '../../../functions/tools/endpoints/run-sandbox-code.ts';
import { callTool } from '../../../functions/tools/tool.ts';
import { waitFor } from '../../support/local-server.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { createToolCaller } from '../tool-caller.ts';
import { interpreterProcesses } from './interpreter-processes.ts';

/**
 * Uses real interpreters in real processes behind real HTTP. Tests are concurrent, because they wait for processes to
 * start.
 */
let server: TestServer;
beforeAll(async () => {
  server = await startServer([runSandboxCode]);
});
afterAll(() => server.close());

/** Calls the tool in a new run. */
async function call(parameters: unknown, signal?: AbortSignal) {
  const worker = await createToolCaller();
  const context = { ...worker.context, ...(signal ? { signal } : {}) };
  const outcome = await callTool([runCode], 'run_code', parameters, context);
  if (outcome.status !== 'completed') throw new Error('run_code must not wait');
  if (outcome.statements.length > 0) await worker.database.queryAll(outcome.statements);
  return { ...outcome, worker };
}

describe.concurrent('a program', () => {
  test.each([
    ['javascript', 'console.log("sum:", input.split(" ").length);\n[1, 2, 3].map((x) => x * 2)', '[2,4,6]'],
    ['python', 'print("sum:", len(input.split(" ")))\n[x * 2 for x in (1, 2, 3)]', '[2, 4, 6]'],
  ])('in %s prints, reads its input and returns a value', async (language, code, value) => {
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
    ['javascript', 'await new Promise(() => {})', /awaits a promise that never settles/],
    [
      'python',
      'print("before")\n1 / 0',
      /--- printed\nbefore\n--- error\nTraceback[\s\S]*line 2[\s\S]*ZeroDivisionError/,
    ],
    ['python', 'if True\n  pass', /SyntaxError/],
  ])('in %s that fails returns the place and the reason: %s', async (language, code, error) => {
    const { worker, ...outcome } = await call({ language, code });
    expect(outcome.isError).toBe(true);
    expect(outcome.output).toMatch(/^Failed/);
    expect(outcome.output).toMatch(error);
    expect(await worker.securityEvents()).toMatchObject([{ action: 'sandbox_execution_error' }]);
  });

  test('has plain text as its output, with keys masked', async () => {
    const key = `ghp_${'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789'}`;
    const outcome = await call({ language: 'python', code: `print("\\x1b[2J\\rEVIL ${key}")\n"${key}"` });
    expect(outcome.output).toContain('\\x1b[2J\\rEVIL ghp_AbCd…');
    expect(outcome.output).not.toContain(key);
  });
});

test('records a stopped program', async () => {
  const { worker } = await call({ language: 'javascript', code: 'for (;;) console.log("x".repeat(1000))' });
  expect(await worker.securityEvents()).toMatchObject([{ action: 'sandbox_limit', detail: { limit: 'output' } }]);
});

test('ends the program when the run is stopped', async () => {
  const stopping = new AbortController();
  const outcome = call({ language: 'javascript', code: 'for (;;);' }, stopping.signal).catch(() => 'stopped');
  await waitFor('the program to start', () => interpreterProcesses().length > 0);
  stopping.abort(new Error('stopped'));
  expect(await outcome).toBe('stopped');
  await waitFor('the program to end', () => interpreterProcesses().length === 0);
});

test('describes its languages and rejects any other', async () => {
  expect(runCode.description).toMatch(/Languages: javascript .*; python /);
  expect((await call({ language: 'ruby', code: '1' })).output).toContain('The arguments of run_code are wrong');
  expect((await call({ language: 'python', code: '' })).isError).toBe(true);
});

test('reports and records an interpreter service that cannot be reached, and runs nothing', async () => {
  useLocalGateway('http://127.0.0.1:1');
  try {
    const { worker, ...outcome } = await call({ language: 'javascript', code: '1 + 1' });
    expect(outcome.output).toContain('Nothing was run: the interpreter did not answer.');
    expect(await worker.securityEvents()).toMatchObject([{ action: 'sandbox_error' }]);
  } finally {
    useLocalGateway(server.url);
  }
});
