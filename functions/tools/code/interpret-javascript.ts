import { readFileSync } from 'node:fs';
import { EvalFlags, JSException, type JSValueHandle, QuickJS } from 'quickjs-wasi';
import type { CodeEnd, CodeRequest, Interpreter } from './code.ts';
import { MEMORY_BYTES, shortenText } from './code-limits.ts';

/**
 * Opens QuickJS, a JavaScript interpreter compiled to WebAssembly. A program has access to the language only, not to
 * this process. It has `input`, `console` and top-level `await`, but no timers, modules or network.
 */
export async function openJavascript(): Promise<Interpreter> {
  const wasm = readFileSync(new URL(import.meta.resolve('quickjs-wasi/quickjs.wasm')));
  let isLate = () => false;
  const machine = await QuickJS.create({
    wasm,
    memoryLimit: MEMORY_BYTES,
    maxStackSize: STACK_BYTES,
    interruptHandler: () => isLate(),
    timezoneOffset: 0,
  });
  return (request, print) => {
    const deadline = performance.now() + request.timeout_seconds * 1000;
    isLate = () => performance.now() > deadline;
    try {
      return run(machine, request, print);
    } catch (error) {
      return describeFailure(error, isLate());
    }
  };
}

/**
 * Well below the stack that V8 gives to WebAssembly, so that a deep recursion is an error of the program, not of V8.
 */
const STACK_BYTES = 256 * 1024;

/**
 * Runs before the program and defines how values are printed: as JSON if possible, and an error with its stack. It
 * keeps its own reference to `JSON.stringify`. If a program changes other built-in functions, only the output of its
 * own values changes.
 */
const PRELUDE = `(print, input) => {
  const { stringify } = JSON;
  const plain = (key, value) =>
    typeof value === 'bigint' ? value + 'n' : value instanceof Map || value instanceof Set ? [...value] : value;
  const tell = (value) => {
    if (typeof value === 'string') return value;
    if (typeof value === 'bigint') return value + 'n';
    if (value instanceof Error) return value + (value.stack ? '\\n' + value.stack : '');
    if (typeof value === 'function') return '[function ' + value.name + ']';
    try { return stringify(value, plain) ?? String(value); } catch (error) { return Object.prototype.toString.call(value); }
  };
  const say = (...values) => print(values.map(tell).join(' ') + '\\n');
  globalThis.console = { log: say, info: say, warn: say, error: say, debug: say };
  globalThis.input = input;
  return tell;
}`;

function run(machine: QuickJS, { code, input }: CodeRequest, print: (text: string) => void): CodeEnd {
  const printer = machine.newFunction('print', (text) => {
    print(text?.toString() ?? '');
    return machine.undefined;
  });
  const prelude = machine.evalCode(PRELUDE, 'prelude.js');
  const tell = machine.callFunction(prelude, machine.undefined, printer, machine.newString(input));
  const told = (value: JSValueHandle) => shortenText(machine.callFunction(tell, machine.undefined, value).toString());
  const promise = machine.evalCode(code, 'program.js', EvalFlags.ASYNC);
  // One of the two functions is called while the jobs run, on this thread. If neither is, the program awaits for
  // ever.
  let end: CodeEnd = { status: 'failed', error: 'The program awaits a promise that never settles.' };
  const onValue = machine.newFunction('onValue', (result) => {
    end = { status: 'failed', error: 'The program ended, but its value cannot be converted to text.' };
    const value = result === undefined ? undefined : result.getProp('value');
    end = { status: 'completed', value: value === undefined || value.isUndefined ? null : told(value) };
    return machine.undefined;
  });
  const onError = machine.newFunction('onError', (error) => {
    end = describeError(error === undefined ? 'unknown error' : told(error));
    return machine.undefined;
  });
  machine.callFunction(promise.getProp('then'), promise, onValue, onError);
  machine.executePendingJobs();
  return end;
}

function describeError(text: string): CodeEnd {
  return /^InternalError: out of memory/.test(text)
    ? { status: 'limit_exceeded', limit: 'memory' }
    : { status: 'failed', error: text };
}

function describeFailure(error: unknown, isLate: boolean): CodeEnd {
  if (isLate) return { status: 'timed_out' };
  if (error instanceof JSException)
    return describeError(shortenText(`${error.name}: ${error.message}\n${error.stack}`));
  if (error instanceof RangeError) return { status: 'failed', error: 'InternalError: stack overflow' };
  throw error;
}
