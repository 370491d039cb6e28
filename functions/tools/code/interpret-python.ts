import { Monty, MontyError, MontyRuntimeError } from '@pydantic/monty';
import type { CodeEnd, Interpreter } from './code.ts';
import { MEMORY_BYTES, shortenText } from './code-limits.ts';

/**
 * Opens Monty, Pydantic's interpreter for a part of Python: no classes, no `with`, few modules. It has no access to
 * files, processes or the network, because nothing of it is built in and we pass no functions in.
 */
export async function openPython(): Promise<Interpreter> {
  return ({ code, input, timeout_seconds }, print) => {
    try {
      const program = new Monty(code, { scriptName: 'program.py', inputs: ['input'] });
      const value: unknown = program.run({
        inputs: { input },
        limits: { maxDurationSecs: timeout_seconds, maxMemory: MEMORY_BYTES, maxRecursionDepth: 400 },
        printCallback: (_stream: string, text: string) => print(text),
      });
      return {
        status: 'completed',
        value: value === null || value === undefined ? null : shortenText(writePython(value)),
      };
    } catch (error) {
      return describeError(error);
    }
  };
}

function describeError(error: unknown): CodeEnd {
  if (!(error instanceof MontyError)) throw error;
  const { typeName, message } = error.exception;
  // These messages come from the interpreter. A program that raises them itself only gets a wrong report about
  // itself.
  if (typeName === 'TimeoutError' && message.startsWith('time limit exceeded')) return { status: 'timed_out' };
  if (typeName === 'MemoryError' && message.startsWith('memory limit exceeded'))
    return { status: 'limit_exceeded', limit: 'memory' };
  const text = error instanceof MontyRuntimeError ? error.display('traceback') : error.display('type-msg');
  return { status: 'failed', error: shortenText(text) };
}

/** Values nested more deeply are written as three dots, as Python does for recursive values. */
const MAX_DEPTH = 50;

/**
 * Writes a value as Python does. Monty returns lists as arrays, tuples as arrays with `__tuple__`, dictionaries as
 * maps.
 */
function writePython(value: unknown, depth = 0): string {
  if (depth > MAX_DEPTH) return '...';
  const write = (part: unknown) => writePython(part, depth + 1);
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return depth === 0 ? value : JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'bigint')
    return String(value).replace('Infinity', 'inf').replace('NaN', 'nan');
  if (Array.isArray(value)) {
    const parts = value.map(write).join(', ');
    if (!('__tuple__' in value)) return `[${parts}]`;
    return value.length === 1 ? `(${parts},)` : `(${parts})`;
  }
  if (value instanceof Map) return `{${[...value].map(([key, part]) => `${write(key)}: ${write(part)}`).join(', ')}}`;
  if (value instanceof Set) return value.size === 0 ? 'set()' : `{${[...value].map(write).join(', ')}}`;
  if (Buffer.isBuffer(value)) return `bytes.fromhex('${value.toString('hex')}')`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
