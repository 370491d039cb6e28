import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { OutputCapture } from '../sandbox/output-capture.ts';
import { CodeEnd, type CodeRequest, type CodeResult, type Language } from './code.ts';

/**
 * Runs one program in a process of its own: without environment, without rights to files, processes or workers, killed
 * at its deadline or with `signal`. The walls are the interpreter's, which has nothing to offer a program that leads
 * outside; the process is what is left if one of them breaks.
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

/** Which languages this machine can run: Monty is native code, and not every machine has its build. */
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
const MOST_OUTPUT_BYTES = 1024 * 1024;
/** The interpreters hold the deadline themselves; a process that is later than this is stuck in one. */
const GRACE_MILLISECONDS = 2_000;
/** Many times what an interpreter at its own limit needs. */
const MOST_RESIDENT_BYTES = 768 * 1024 * 1024;
const LOOK_MILLISECONDS = 100;

/** The stack is for interpreters that recurse as their programs do. */
const NODE_OPTIONS = ['--max-old-space-size=256', '--stack-size=3600', '--no-warnings'];

/** Node's own seat belt: it may read, to load the interpreter, and that is all. Monty alone is native code. */
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
  const cancel = () => stop({ status: 'timed_out' });
  const deadline = setTimeout(cancel, request.timeout_seconds * 1000 + GRACE_MILLISECONDS);
  const look = setInterval(() => {
    if (residentBytes(child.pid) > MOST_RESIDENT_BYTES) stop({ status: 'limit_exceeded', limit: 'memory' });
  }, LOOK_MILLISECONDS);
  signal?.addEventListener('abort', cancel);
  if (signal?.aborted) cancel();
  child.stdout?.on('data', (chunk: Buffer) => {
    output.write(chunk);
    if (output.totalBytes > MOST_OUTPUT_BYTES) stop({ status: 'limit_exceeded', limit: 'output' });
  });
  child.on('message', (message) => {
    const parsed = CodeEnd.safeParse(message);
    end ??= parsed.success ? parsed.data : { status: 'unavailable', reason: 'the interpreter said what is no answer' };
  });
  child.on('error', (error) => stop({ status: 'unavailable', reason: error.message }));
  child.on('close', () => resolve(end ?? CRASHED));
  child.send(request, () => undefined);
  return promise.finally(() => {
    clearTimeout(deadline);
    clearInterval(look);
    signal?.removeEventListener('abort', cancel);
  });
}

/** An interpreter that ends without a word ran out of what its limits did not count. */
const CRASHED: CodeEnd = { status: 'limit_exceeded', limit: 'memory' };

/** Linux tells; elsewhere the interpreters' own limits stand alone. */
function residentBytes(pid: number | undefined): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * 4096;
  } catch {
    return 0;
  }
}
