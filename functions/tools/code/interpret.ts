import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { limitProcess } from '../../platform/process/limit-process.ts';
import { OutputCapture } from '../sandbox/output-capture.ts';
import { CodeEnd, type CodeRequest, type CodeResult, type Language } from './code.ts';

/**
 * Runs one program in its own process, which is killed at the deadline or when `signal` is aborted. The interpreter
 * isolates the program. The process is a second barrier: it has no environment and may not write files or start
 * processes or threads.
 */
export async function interpret(request: CodeRequest, signal?: AbortSignal): Promise<CodeResult> {
  const started = performance.now();
  const output = new OutputCapture(KEPT_OUTPUT_BYTES);
  const child = spawn(process.execPath, [...NODE_OPTIONS, ...rightsOf(request.language), PROGRAM], {
    env: {},
    cwd: '/',
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  const end = await watch(child, request, output, signal);
  const { text, truncated } = output.render();
  return { end, output: text, output_truncated: truncated, duration_ms: Math.round(performance.now() - started) };
}

/** Returns the languages that this machine can run. Monty is native code and has no build for some machines. */
export function findLanguages(): Language[] {
  return (['javascript', 'python'] as const).filter((language) => language === 'javascript' || hasMonty());
}

function hasMonty(): boolean {
  const suffix = { linux: '-gnu', win32: '-msvc', darwin: '' }[process.platform as string] ?? '';
  try {
    createRequire(import.meta.url).resolve(`@pydantic/monty-${process.platform}-${process.arch}${suffix}/package.json`);
    return true;
  } catch {
    return false;
  }
}

const EXTENSION = import.meta.url.endsWith('.js') ? '.js' : '.ts';
const PROGRAM = join(import.meta.dirname, `interpreter-process${EXTENSION}`);

const KEPT_OUTPUT_BYTES = 64 * 1024;
const MAX_OUTPUT_BYTES = 1024 * 1024;
/**
 * The interpreters enforce the deadline themselves. After this extra time the interpreter is stuck, and it is killed.
 */
const GRACE_MILLISECONDS = 2_000;
/** Much more than an interpreter needs at its own memory limit. */
const MAX_RESIDENT_BYTES = 768 * 1024 * 1024;

/** The large stack is for interpreters, which recurse when their programs do. */
const NODE_OPTIONS = ['--max-old-space-size=256', '--stack-size=3600', '--no-warnings'];

/**
 * Returns the options of Node's permission model: the process may read files, to load the interpreter, and Monty needs
 * addons.
 */
function rightsOf(language: Language): string[] {
  return ['--permission', '--allow-fs-read=*', ...(language === 'python' ? ['--allow-addons'] : [])];
}

function watch(
  child: ChildProcess,
  request: CodeRequest,
  output: OutputCapture,
  signal: AbortSignal | undefined,
): Promise<CodeEnd> {
  const { promise, resolve } = Promise.withResolvers<CodeEnd>();
  let end: CodeEnd | undefined;
  const stop = (reason: CodeEnd) => {
    end ??= reason;
    child.kill('SIGKILL');
  };
  const milliseconds = request.timeout_seconds * 1000 + GRACE_MILLISECONDS;
  limitProcess(child, { milliseconds, residentBytes: MAX_RESIDENT_BYTES, signal }, (limit) => {
    end ??= limit === 'time' ? { status: 'timed_out' } : { status: 'limit_exceeded', limit };
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    output.write(chunk);
    if (output.totalBytes > MAX_OUTPUT_BYTES) stop({ status: 'limit_exceeded', limit: 'output' });
  });
  child.on('message', (message) => {
    const parsed = CodeEnd.safeParse(message);
    end ??= parsed.success ? parsed.data : { status: 'unavailable', reason: 'the interpreter sent an unknown message' };
  });
  child.on('error', (error) => stop({ status: 'unavailable', reason: error.message }));
  child.on('close', () => resolve(end ?? CRASHED));
  child.send(request, () => undefined);
  return promise;
}

/** An interpreter that ends without a message ran out of memory that its own limit did not count. */
const CRASHED: CodeEnd = { status: 'limit_exceeded', limit: 'memory' };
