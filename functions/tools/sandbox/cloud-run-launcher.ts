import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { makeTemporaryFolder } from '../../platform/process/temporary-folder.ts';
import { collectChanges } from './collect-changes.ts';
import { FILE_TOO_LARGE_EXIT_CODE, WORKSPACE } from './command-environment.ts';
import { deleteArguments, launcherArguments } from './launcher-arguments.ts';
import { writeTree } from './lay-out-tree.ts';
import type { SandboxLimits } from './limits.ts';
import { MarkedStream } from './marked-stream.ts';
import { OutputCapture } from './output-capture.ts';
import { entriesOf } from './packed-folder.ts';
import type { Sandbox, SandboxLimit, SandboxRequest, SandboxResult, TreeEntry } from './sandbox.ts';
import { describeTooLarge, isTreeTooLarge } from './tree-size.ts';

/**
 * Cloud Run's sandbox: gVisor inside the instance's own virtual machine, without network and metadata server.
 *
 * Only the sandbox's kernel limits memory and processes, and the processes cannot be counted from outside. So a command
 * that exceeded these limits is reported as completed, with the exit code that it got. The instance is the outer limit:
 * it must serve one command at a time.
 */
interface LauncherSettings {
  binary: string;
  limits: SandboxLimits;
  /** The parent of the commands' folders. Each sandbox has its own /tmp, so commands cannot see these folders there. */
  parent: string;
}

/** Folders that are hidden from commands: secrets that Cloud Run mounts as files, home folders and our own code. */
const PRIVATE_FOLDERS = ['/root', '/home', '/secrets', '/etc/secrets', '/run/secrets', '/srv'];

/** Checking the disk walks all files, so it is done less often than checking /proc. */
const DISK_CHECK_MILLISECONDS = 500;

/** How long output may arrive after the launcher has ended. */
const PIPE_GRACE_MILLISECONDS = 1_000;

/**
 * The launcher's `--allow-egress` opens everything that the instance can reach, including the metadata server. Without
 * the option no socket of ours can be reached from inside. So single hosts cannot be opened, and such a command is
 * refused.
 */
const NO_SINGLE_HOSTS =
  "the Cloud Run sandbox can open its whole network or none of it, but never the single hosts of the run's policy";

type Stop = 'cancelled' | 'timed_out' | SandboxLimit;

export function cloudRunLauncherSandbox(settings: LauncherSettings): Sandbox {
  return {
    provider: 'cloud-run-launcher',
    run: async (request, signal) => {
      const tree = await entriesOf(request);
      if (signal?.aborted) return { status: 'cancelled' };
      if (request.network !== 'none') return { status: 'unavailable', reason: NO_SINGLE_HOSTS };
      const fault = describeTooLarge(tree, settings.limits);
      if (fault !== undefined) return fault;
      await using folder = await makeTemporaryFolder(settings.parent);
      const folders = await prepareFolders(folder.path, tree);
      return await new LauncherCommand(request, settings, folders).finish(signal);
    },
  };
}

interface Folders {
  workspace: string;
  temporary: string;
  empty: string;
}

/**
 * Creates the folders of a command. The sandbox's root user can write to them if root owns them or everyone may write.
 */
async function prepareFolders(parent: string, tree: readonly TreeEntry[]): Promise<Folders> {
  const folders = {
    workspace: join(parent, 'workspace'),
    temporary: join(parent, 'tmp'),
    empty: join(parent, 'empty'),
  };
  for (const folder of Object.values(folders)) await mkdir(folder);
  await writeTree(folders.workspace, tree);
  const mode = process.getuid?.() === 0 ? 0o755 : 0o777;
  await Promise.all([chmod(folders.workspace, mode), chmod(folders.temporary, mode), chmod(folders.empty, 0o555)]);
  return folders;
}

/**
 * Returns the folders to hide. A folder inside another hidden folder, the workspace or /tmp is covered by that mount
 * already and cannot be mounted there again.
 */
export function hiddenFolders(project: string, home = homedir()): string[] {
  const candidates = [...new Set([...PRIVATE_FOLDERS, home, project])].filter(
    (path) => path !== '/' && existsSync(path),
  );
  const isCovered = (path: string) =>
    path === WORKSPACE ||
    path === '/tmp' ||
    [WORKSPACE, '/tmp', ...candidates].some((mount) => path.startsWith(`${mount}/`));
  return candidates.filter((path) => !isCovered(path));
}

/** One run of one command, from start to the collected changes. */
class LauncherCommand {
  readonly #name = `command-${randomBytes(8).toString('hex')}`;
  readonly #started = performance.now();
  readonly #settings: LauncherSettings;
  readonly #request: SandboxRequest;
  readonly #folders: Folders;
  readonly #stdout: OutputCapture;
  readonly #stderr: OutputCapture;
  readonly #marked: MarkedStream;
  readonly #child: ChildProcessWithoutNullStreams;
  #stopReason: Stop | undefined;
  #startFault: string | undefined;

  constructor(request: SandboxRequest, settings: LauncherSettings, folders: Folders) {
    this.#request = request;
    this.#settings = settings;
    this.#folders = folders;
    this.#stdout = new OutputCapture(settings.limits.keptOutputBytes);
    this.#stderr = new OutputCapture(settings.limits.keptOutputBytes);
    const secret = randomBytes(16).toString('hex');
    this.#marked = new MarkedStream(secret, (chunk) => this.#stderr.write(chunk));
    this.#child = spawn(settings.binary, this.#arguments(), { env: {}, cwd: '/' });
    this.#child.stdin.on('error', () => undefined).end(`${secret}\n`);
    this.#capture();
  }

  #arguments(): string[] {
    return launcherArguments({
      name: this.#name,
      command: this.#request.command,
      ...this.#folders,
      hidden: hiddenFolders(resolve(import.meta.dirname, '..', '..', '..')),
      programs: [dirname(process.execPath)],
      limits: this.#settings.limits,
      timeoutSeconds: this.#request.timeout_seconds,
    });
  }

  #capture(): void {
    let total = 0;
    const count = (chunk: Buffer) => {
      total += chunk.length;
      if (total > this.#settings.limits.outputBytes) this.#stop('output');
    };
    this.#child.stdout.on('data', count).on('data', (chunk: Buffer) => this.#stdout.write(chunk));
    this.#child.stderr.on('data', count).on('data', (chunk: Buffer) => this.#marked.push(chunk));
  }

  async finish(signal: AbortSignal | undefined): Promise<SandboxResult> {
    const cancel = () => this.#stop('cancelled');
    const deadline = setTimeout(() => this.#stop('timed_out'), this.#request.timeout_seconds * 1000);
    const watch = setInterval(() => void this.#check(), DISK_CHECK_MILLISECONDS);
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted) cancel();
    await this.#awaitEnd();
    clearTimeout(deadline);
    clearInterval(watch);
    signal?.removeEventListener('abort', cancel);
    if (this.#startFault !== undefined) return unavailable(this.#startFault);
    // The sandbox may live longer than the launcher's process. After this call no process can change the tree.
    await deleteSandbox(this.#settings.binary, this.#name);
    return await this.#describe();
  }

  #awaitEnd(): Promise<void> {
    const { promise, resolve: done } = Promise.withResolvers<void>();
    this.#child.once('error', (error) => {
      this.#startFault = error.message;
      done();
    });
    this.#child.once('close', () => done());
    // A process that outlives the launcher may keep its output open. Do not wait for it: deleting the sandbox ends
    // it.
    this.#child.once('exit', () => setTimeout(done, PIPE_GRACE_MILLISECONDS).unref());
    return promise;
  }

  #stop(reason: Stop): void {
    if (this.#stopReason !== undefined || this.#child.exitCode !== null) return;
    this.#stopReason = reason;
    // Killing only the launcher would leave the command's processes running.
    void deleteSandbox(this.#settings.binary, this.#name)
      .catch(() => undefined)
      .finally(() => this.#child.kill('SIGKILL'));
  }

  async #check(): Promise<void> {
    if (await this.#isFull()) this.#stop('disk');
  }

  #isFull(): Promise<boolean> {
    return isTreeTooLarge([this.#folders.workspace, this.#folders.temporary], this.#settings.limits);
  }

  async #describe(): Promise<SandboxResult> {
    if (this.#stopReason === 'cancelled') return { status: 'cancelled' };
    const { exitCode, launcherSaid } = this.#marked.end();
    if (!this.#marked.hasStarted && this.#stopReason === undefined)
      return unavailable(launcherSaid || 'the launcher printed no reason');
    const duration_ms = Math.round(performance.now() - this.#started);
    const changes = await collectChanges(this.#folders.workspace, this.#request, this.#settings.limits);
    const outcome = { ...renderBoth(this.#stdout, this.#stderr), ...changes, duration_ms };
    if (this.#stopReason === 'timed_out') return { status: 'timed_out', ...outcome };
    if (this.#stopReason !== undefined) return { status: 'limit_exceeded', limit: this.#stopReason, ...outcome };
    if (exitCode === FILE_TOO_LARGE_EXIT_CODE || (await this.#isFull())) {
      return { status: 'limit_exceeded', limit: 'disk', ...outcome };
    }
    // Without an exit code the first shell was killed, as happens when the sandbox runs out of memory.
    return { status: 'completed', exit_code: Math.min(exitCode ?? 137, 255), ...outcome };
  }
}

/** @throws Error when the sandbox may still be alive. Then its tree must not be read. */
async function deleteSandbox(binary: string, name: string): Promise<void> {
  const { promise, resolve: done, reject } = Promise.withResolvers<void>();
  execFile(binary, deleteArguments(name), { env: {}, timeout: 10_000 }, (error) =>
    error === null ? done() : reject(new Error(`The Cloud Run sandbox ${name} could not be deleted`, { cause: error })),
  );
  return await promise;
}

function renderBoth(stdout: OutputCapture, stderr: OutputCapture) {
  const [out, error] = [stdout.render(), stderr.render()];
  return { stdout: out.text, stderr: error.text, stdout_truncated: out.truncated, stderr_truncated: error.truncated };
}

function unavailable(said: string): SandboxResult {
  return { status: 'unavailable', reason: `the Cloud Run sandbox could not start: ${said}` };
}
