import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { PUBLIC_ADDRESSES } from '../../../platform/http/public-address.ts';
import { DEFAULT_EGRESS_LIMITS, dialAddress, type EgressSettings } from '../../network/egress.ts';
import { collectChanges } from '../collect-changes.ts';
import { FILE_TOO_LARGE_EXIT_CODE } from '../command-environment.ts';
import { packTree } from '../lay-out-tree.ts';
import type { SandboxLimits } from '../limits.ts';
import { OutputCapture } from '../output-capture.ts';
import { entriesOf } from '../packed-folder.ts';
import type { Sandbox, SandboxLimit, SandboxOutcome, SandboxRequest, SandboxResult, TreeEntry } from '../sandbox.ts';
import { describeTooLarge, treeTooLarge } from '../tree-size.ts';
import { bubblewrapArguments, DESCRIPTORS, ETC_FILES, LAYOUT_FAILED } from './bubblewrap-arguments.ts';
import { type BubblewrapEgress, openBubblewrapEgress, type UnixIdentity } from './bubblewrap-egress.ts';
import type { HostPrograms } from './host-programs.ts';
import { openInside, type RootProcess, rootProcess, type SandboxInside } from './process-tree.ts';
import { seccompProgram } from './seccomp.ts';
import { findExceededLimit, isDiskExceeded } from './watchdog.ts';

/**
 * The local sandbox: separate namespaces for everything, an empty network, and the tree on a file system in memory that
 * disappears with the last process. Nothing is written to this machine's disks, except the proxy's socket when a policy
 * opens hosts.
 */
export interface BubblewrapSettings {
  binary: string;
  programs: HostPrograms;
  limits: SandboxLimits;
  /** The user that bubblewrap is started as: `nobody` when this process is root, so that even an escape is not root. */
  identity: UnixIdentity | undefined;
  /** How the hosts of a policy are reached. Tests redirect it to their own servers. */
  egress?: Omit<EgressSettings, 'allowedHosts'>;
}

export function bubblewrapSandbox(settings: BubblewrapSettings): Sandbox {
  return {
    provider: 'bubblewrap',
    run: async (request, signal) => {
      const tree = await entriesOf(request);
      if (signal?.aborted) return { status: 'cancelled' };
      const fault = describeTooLarge(tree, settings.limits);
      if (fault !== undefined) return fault;
      const filter = seccompProgram(process.arch);
      if (filter === undefined)
        return { status: 'unavailable', reason: `no system-call filter for ${process.arch} processors` };
      const { identity, egress = PUBLIC_EGRESS } = settings;
      await using opened = await openBubblewrapEgress(request.network, identity, egress);
      const command = new BubblewrapCommand(request, settings, opened);
      command.feed(filter, tree);
      return await command.finish(signal);
    },
  };
}

const PUBLIC_EGRESS = { limits: DEFAULT_EGRESS_LIMITS, addresses: PUBLIC_ADDRESSES, dial: dialAddress };

type Stop = 'cancelled' | 'timed_out' | SandboxLimit;

/** Finds the process id of the first process, as this machine numbers it, in bubblewrap's JSON about the sandbox. */
const CHILD_PROCESS = /"child-pid": (\d+)/;

/** One execution of one command, from its start to the collected changes. */
class BubblewrapCommand {
  readonly #request: SandboxRequest;
  readonly #limits: SandboxLimits;
  readonly #egress: BubblewrapEgress;
  readonly #started = performance.now();
  readonly #stdout: OutputCapture;
  readonly #stderr: OutputCapture;
  readonly #child: ChildProcess;
  readonly #end: Promise<{ exitCode: number; startFault: string | undefined }>;
  #stopReason: Stop | undefined;
  #root: RootProcess | undefined;
  #inside: SandboxInside | undefined;
  #isOver = false;

  constructor(request: SandboxRequest, settings: BubblewrapSettings, egress: BubblewrapEgress) {
    this.#request = request;
    this.#egress = egress;
    this.#limits = settings.limits;
    this.#stdout = new OutputCapture(settings.limits.keptOutputBytes);
    this.#stderr = new OutputCapture(settings.limits.keptOutputBytes);
    const given = bubblewrapArguments({
      command: request.command,
      programs: settings.programs,
      limits: settings.limits,
      timeoutSeconds: request.timeout_seconds,
      egressSocket: egress.socket,
    });
    this.#child = spawn(settings.binary, given, {
      env: {},
      cwd: '/',
      stdio: ['ignore', ...Array<'pipe'>(2 + Object.keys(DESCRIPTORS).length).fill('pipe')],
      ...settings.identity,
    });
    this.#end = this.#awaitEnd();
    this.#capture();
  }

  async finish(signal: AbortSignal | undefined): Promise<SandboxResult> {
    const cancel = () => this.#stop('cancelled');
    const deadline = setTimeout(() => this.#stop('timed_out'), this.#request.timeout_seconds * 1000);
    const watch = setInterval(() => this.#check(), this.#limits.watchMilliseconds);
    signal?.addEventListener('abort', cancel);
    if (signal?.aborted) cancel();
    try {
      const begin = this.#begin();
      const { exitCode, startFault } = await this.#end;
      await begin;
      return await this.#describe(exitCode, startFault);
    } finally {
      clearTimeout(deadline);
      clearInterval(watch);
      signal?.removeEventListener('abort', cancel);
      await this.#inside?.[Symbol.asyncDispose]();
    }
  }

  /**
   * Resolves when every process of the command is dead and its output is read. bubblewrap waits for the root process.
   */
  #awaitEnd(): Promise<{ exitCode: number; startFault: string | undefined }> {
    const { promise, resolve } = Promise.withResolvers<{ exitCode: number; startFault: string | undefined }>();
    this.#child.once('error', (error) => resolve({ exitCode: 255, startFault: error.message }));
    this.#child.once('close', (exitCode) => resolve({ exitCode: exitCode ?? 137, startFault: undefined }));
    return promise.finally(() => {
      this.#isOver = true;
    });
  }

  #capture(): void {
    for (const [stream, capture] of [
      [this.#child.stdout, this.#stdout],
      [this.#child.stderr, this.#stderr],
    ] as const) {
      stream?.on('data', (chunk: Buffer) => {
        capture.write(chunk);
        if (this.#stdout.totalBytes + this.#stderr.totalBytes > this.#limits.outputBytes) this.#stop('output');
      });
    }
  }

  feed(filter: Buffer, tree: readonly TreeEntry[]): void {
    this.#pipe(DESCRIPTORS.seccomp).end(filter);
    this.#pipe(DESCRIPTORS.passwd).end(ETC_FILES.passwd);
    this.#pipe(DESCRIPTORS.group).end(ETC_FILES.group);
    this.#pipe(DESCRIPTORS.hosts).end(ETC_FILES.hosts);
    // A tree that breaks off makes tar fail, and the sandbox does not start.
    pipeline(packTree(tree), this.#pipe(DESCRIPTORS.tree)).catch(() => undefined);
  }

  /** Opens the sandbox's folders when the tree is unpacked, and then lets the command start. */
  async #begin(): Promise<void> {
    const handshake = this.#pipe(DESCRIPTORS.handshake);
    const ready = readFirst(handshake);
    const pid = CHILD_PROCESS.exec((await readFirst(this.#pipe(DESCRIPTORS.info))) ?? '')?.[1];
    if (pid === undefined) return;
    this.#root = rootProcess(Number(pid));
    if (this.#stopReason !== undefined) return this.#root.kill();
    const word = await ready;
    if (word === undefined) return;
    // Any other word means that the forwarder failed. It has written the reason to standard error.
    if (word !== 'ready\n') return this.#root.kill();
    try {
      this.#inside = await openInside(this.#root);
      if (this.#stopReason === undefined) handshake.write('go\n');
    } catch (error) {
      this.#stderr.write(Buffer.from(error instanceof Error ? error.message : 'the sandbox could not be opened'));
      this.#root.kill();
    }
  }

  #check(): void {
    if (this.#inside === undefined || this.#isOver || this.#stopReason !== undefined) return;
    try {
      const limit = findExceededLimit(this.#inside.view, this.#limits);
      if (limit !== undefined) this.#stop(limit);
    } catch {
      // The sandbox's /proc is gone because its first process has just ended. `close` follows.
    }
  }

  #stop(reason: Stop): void {
    if (this.#isOver || this.#child.exitCode !== null) return;
    this.#stopReason ??= reason;
    // Never kills bubblewrap itself: its child sets "die with the parent" only some time after its start, and would
    // wait for ever. While the child is unknown, `#begin` kills it as soon as its process id arrives.
    this.#root?.kill();
  }

  async #describe(exitCode: number, startFault: string | undefined): Promise<SandboxResult> {
    if (this.#stopReason === 'cancelled') return { status: 'cancelled' };
    if (this.#inside === undefined && this.#stopReason === undefined)
      return this.#describeFailedStart(exitCode, startFault);
    const outcome = await this.#outcome();
    if (this.#stopReason === 'timed_out') return { status: 'timed_out', ...outcome };
    if (this.#stopReason !== undefined) return { status: 'limit_exceeded', limit: this.#stopReason, ...outcome };
    const isFull = this.#inside !== undefined && isDiskExceeded(this.#inside.view.disks, this.#limits);
    if (isFull || exitCode === FILE_TOO_LARGE_EXIT_CODE) return { status: 'limit_exceeded', limit: 'disk', ...outcome };
    return { status: 'completed', exit_code: exitCode, ...outcome };
  }

  #describeFailedStart(exitCode: number, startFault: string | undefined): SandboxResult {
    const said = startFault ?? this.#stderr.render().text.trim();
    if (exitCode === LAYOUT_FAILED && said.includes('No space left')) return treeTooLarge();
    return {
      status: 'unavailable',
      reason: `bubblewrap could not start a sandbox: ${said || `exit code ${exitCode}`}`,
    };
  }

  async #outcome(): Promise<SandboxOutcome> {
    const duration_ms = Math.round(performance.now() - this.#started);
    const { text: stdout, truncated: stdout_truncated } = this.#stdout.render();
    const { text: stderr, truncated: stderr_truncated } = this.#stderr.render();
    const changes =
      this.#inside === undefined
        ? { changed: [], deleted: [], not_kept: [] }
        : await collectChanges(this.#inside.workspace, this.#request, this.#limits);
    const network = this.#egress.report();
    return {
      ...{ stdout, stderr, stdout_truncated, stderr_truncated },
      ...changes,
      duration_ms,
      ...(network ? { network } : {}),
    };
  }

  #pipe(descriptor: number): Duplex {
    // The types of `stdio` cover five entries. Node creates a duplex socket for every 'pipe'.
    const pipe = this.#child.stdio.at(descriptor) as Duplex;
    // A sandbox that ends early closes its pipes. Its exit code says more than the error of a broken pipe.
    if (pipe.listenerCount('error') === 0) pipe.on('error', () => undefined);
    return pipe;
  }
}

/** Returns the first chunk of a pipe, or undefined when the pipe ends without one. */
function readFirst(pipe: Readable): Promise<string | undefined> {
  return new Promise((resolve) => {
    pipe.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    pipe.once('close', () => resolve(undefined));
    pipe.once('end', () => resolve(undefined));
  });
}
