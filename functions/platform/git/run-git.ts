import { type ChildProcess, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';
import { cutEnd } from '../cut-text.ts';
import { escapeControls } from '../escape-controls.ts';
import type { SecretText } from '../secrets/secret-text.ts';

/** Limits of one git command. */
export interface GitLimits {
  seconds: number;
  /** Bytes of each output stream. */
  outputBytes: number;
  /** Bytes of the largest file that git may write, which limits the pack that a server sends. */
  fileBytes: number;
}

export const GIT_LIMITS: GitLimits = { seconds: 180, outputBytes: 8 * 1024 * 1024, fileBytes: 64 * 1024 * 1024 };
/** Limits the memory that deltas can expand to. */
const MEMORY_BYTES = 1536 * 1024 * 1024;

export interface GitCall {
  /** The bare repository. */
  folder: string;
  /** Allows https for this command. No other protocol is ever allowed. */
  network?: boolean;
  credential?: SecretText | undefined;
  input?: ((stdin: Writable) => Promise<void>) | undefined;
  limits: GitLimits;
  signal: AbortSignal;
}

export interface GitResult {
  /** Null when the command was stopped. */
  exitCode: number | null;
  /** Why the command was stopped: the time limit, the size limit, or the signal. */
  stopped?: 'time' | 'size' | 'abort';
  stdout: Buffer;
  /** The error output for people and models, without control characters and without the credential. */
  stderr: string;
}

/**
 * Sets limits for git and its child processes. `ulimit -f` counts blocks of 512 bytes, `-v` (missing on macOS) counts
 * KiB.
 */
const WITH_LIMITS = 'ulimit -f "$1"; ulimit -v "$2" 2>/dev/null; shift 2; exec git "$@"';
const SIGXFSZ_EXIT = 128 + 25;
/** The exit code of a shell when the program does not exist. */
const NOT_INSTALLED = 127;

/**
 * Returns the environment of git. HOME is an empty folder, because git reads settings there in spite of the other
 * variables.
 */
function environmentOf(folder: string, network: boolean): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
    LC_ALL: 'C',
    HOME: `${folder}/home`,
    XDG_CONFIG_HOME: `${folder}/home`,
    GIT_DIR: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_PROTOCOL_FROM_USER: '0',
    GIT_ALLOW_PROTOCOL: network ? 'https' : 'none',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
  };
}

/**
 * Runs git without the settings of the machine, the user or any other repository, without a terminal, and within
 * limits.
 *
 * The credential goes through a pipe, which our credential helper reads once when the server asks for it. It is in no
 * argument, no environment variable and no file, and nothing of it is left when this process is killed.
 * @param parameters no untrusted value may start with a dash or come before `--`
 */
export async function runGit(parameters: readonly string[], call: GitCall): Promise<GitResult> {
  const { folder, network = false, credential, limits, signal } = call;
  signal.throwIfAborted();
  const numbers = [Math.ceil(limits.fileBytes / 512), Math.ceil(MEMORY_BYTES / 1024)].map(String);
  const child = spawn('/bin/sh', ['-c', WITH_LIMITS, 'git', ...numbers, ...parameters], {
    cwd: folder,
    env: environmentOf(folder, network),
    stdio: ['pipe', 'pipe', 'pipe', credential ? 'pipe' : 'ignore'],
    // Its own process group, so that git's child processes are stopped with it.
    detached: true,
  });
  let stopped: GitResult['stopped'];
  const stop = (why: GitResult['stopped']) => {
    stopped ??= why;
    killGroup(child);
  };
  const timer = setTimeout(() => stop('time'), limits.seconds * 1000);
  const onAbort = () => stop('abort');
  signal.addEventListener('abort', onAbort, { once: true });
  const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => capture(stream, limits.outputBytes, stop));
  try {
    const ended = exitOf(child);
    await Promise.all([feed(child, call.input), offer(child, credential)]);
    const exitCode = await ended;
    signal.throwIfAborted();
    if (exitCode === SIGXFSZ_EXIT) stopped ??= 'size';
    if (exitCode === NOT_INSTALLED) throw new Error('git is not installed on this machine: install it');
    return {
      exitCode: stopped === undefined ? exitCode : null,
      ...(stopped === undefined ? {} : { stopped }),
      stdout: Buffer.concat(stdout ?? []),
      stderr: readable(Buffer.concat(stderr ?? []), credential),
    };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    killGroup(child);
  }
}

function capture(stream: ChildProcess['stdout'], most: number, stop: (why: 'size') => void): Buffer[] {
  const chunks: Buffer[] = [];
  let total = 0;
  stream?.on('data', (chunk: Buffer) => {
    total += chunk.length;
    if (total > most) stop('size');
    else chunks.push(chunk);
  });
  return chunks;
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal === 'SIGXFSZ' ? SIGXFSZ_EXIT : code));
  });
}

/**
 * Writes the input. git may end before it has read everything; then its output is more useful than the pipe's error.
 */
async function feed(child: ChildProcess, input: GitCall['input']): Promise<void> {
  const { stdin } = child;
  if (stdin === null) return;
  const broken = new Promise<void>((resolve) => stdin.once('error', () => resolve()).once('close', () => resolve()));
  if (input !== undefined) await Promise.race([input(stdin), broken]);
  stdin.end();
}

async function offer(child: ChildProcess, credential: SecretText | undefined): Promise<void> {
  const pipe = child.stdio[3];
  if (credential === undefined || pipe === null || pipe === undefined || !('write' in pipe)) return;
  pipe.on('error', () => undefined);
  pipe.end(`username=x-access-token\npassword=${credential.reveal()}\n`);
}

function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The process group has ended already.
  }
}

const MOST_SHOWN = 4_000;

function readable(stderr: Buffer, credential: SecretText | undefined): string {
  const text = stderr.subarray(-MOST_SHOWN * 4).toString('utf8');
  const clean = escapeControls(credential === undefined ? text : credential.redactFrom(text)).trim();
  return cutEnd(clean, MOST_SHOWN);
}
