import { z } from 'zod';
import { callInternal } from '../../platform/http/internal-call.ts';
import { log } from '../../platform/log.ts';
import { redactOutput } from '../redact-output.ts';
import { SandboxRequest, SandboxResult, type TreeFile } from '../sandbox/sandbox.ts';
import { type CompletedOutcome, failure, type ToolContext, type ToolOutcome, tool } from '../tool.ts';
import {
  changeFiles,
  inBytes,
  inDigits,
  inParallel,
  listWorkspace,
  readContents,
  storeContent,
  WORKSPACE_LIMITS,
  type WorkspaceFile,
} from '../workspace.ts';
import { commandEvent, eventsOf, withEvents } from './command-events.ts';
import { describeAllowedCommands, refuseCommand } from './command-policy.ts';
import { describeResult } from './describe-result.ts';
import { describeKeptFault, planChanges } from './plan-changes.ts';

const TIMEOUT_SECONDS = 120;
/** Includes the time to send the tree, to start an instance of the sandbox and to receive the result. */
const CALL_TIMEOUT_MS = (TIMEOUT_SECONDS + 50) * 1000;
/** Cloud Run refuses requests above 32 MiB. 256 KiB of them are left for the command. */
const SENT_BYTES = (32 * 1024 - 256) * 1024;
/** How often a command runs when another worker changes the same files meanwhile. */
const MAX_ATTEMPTS = 3;

type Ran = Exclude<SandboxResult, { status: 'cancelled' | 'unavailable' }>;

/**
 * Runs a command on the run's files. This process never runs a command itself: the sandbox service gets the files with
 * the command and returns the changed ones. The command has no other effect, so an interrupted call is safe to repeat.
 */
export const runCommand = tool({
  name: 'run_command',
  description:
    `Runs a shell command in the workspace folder, in a sandbox, for at most ${TIMEOUT_SECONDS} seconds, and returns its exit code and output. ` +
    'The network is closed, except for hosts that the policy of the run opens. ' +
    'Changed files are kept; generated folders such as node_modules are not. Each call starts a new shell: no process, folder change or variable stays. ' +
    `Allowed are ${describeAllowedCommands()}, with pipes, &&, ||, ; and redirections, but without command substitution and here-documents.`,
  parameters: z.strictObject({
    command: z
      .string()
      .trim()
      .min(1)
      .max(20_000)
      .refine((command) => !command.includes('\0'), 'must not contain NUL'),
    offline: z
      .boolean()
      .optional()
      .describe('true: keep the network closed for this command, even if the policy of the run opens hosts'),
  }),
  safeToRepeat: true,
  execute: async ({ command, offline }, context) => {
    const allowedHosts = offline ? [] : context.allowedHosts;
    const refused = refuseCommand(command, allowedHosts.length > 0);
    if (refused !== undefined)
      return withEvents(failure(refused), context, [
        commandEvent('command_refused', command, { reason: refused.slice(0, 200) }),
      ]);
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await runOnce({ command, allowedHosts }, context);
      if (outcome.status !== 'overtaken') return outcome;
      if (attempt === MAX_ATTEMPTS) {
        const said = `Other workers changed ${outcome.path} each time while the command ran, so none of its changes was kept. Run the command again later.`;
        return withEvents(failure(said), context, [
          commandEvent('sandbox_completed', command, { outcome: 'overtaken' }),
        ]);
      }
    }
  },
});

interface Command {
  command: string;
  allowedHosts: readonly string[];
}

async function runOnce(
  { command, allowedHosts }: Command,
  context: ToolContext,
): Promise<ToolOutcome | { status: 'overtaken'; path: string }> {
  const { database, runId, tenantId } = context;
  const listed = () => listWorkspace(database, runId, { limit: WORKSPACE_LIMITS.files, withGit: true });
  const files = await listed();
  if (files.reduce((sum, file) => sum + sentBytes(file), 0) > SENT_BYTES) {
    const bytes = files.reduce((sum, file) => sum + file.size, 0);
    return failure(
      `The workspace has ${inBytes(bytes)} in ${inDigits(files.length)} files; a command can get 23 MiB at most. Delete large files that are not needed.`,
    );
  }
  const result = await callSandbox({ command, allowedHosts }, await readTree(tenantId, files), context.signal);
  if (typeof result === 'string')
    return withEvents(failure(result), context, [
      commandEvent('sandbox_error', command, { reason: result.slice(0, 200) }),
    ]);
  const plan = planChanges(result, files);
  const kept = { upserts: await store(tenantId, plan.changed), deletes: plan.deleted };
  const now = new Map((await listed()).map((file) => [file.path, file]));
  const stale = plan.bases.find((base) => (now.get(base.path)?.sha256 ?? null) !== base.sha256);
  if (stale !== undefined) return { status: 'overtaken', path: stale.path };
  const fault = describeKeptFault(now, kept);
  const said = redactOutput(describeResult(result, plan.notKept));
  const facts = factsOf(result);
  const events = eventsOf(command, result);
  if (fault !== undefined)
    return withEvents(failure(`${said}\n--- None of these changes was kept: ${fault}`, facts), context, events);
  const outcome: CompletedOutcome = {
    status: 'completed',
    output: said,
    isError: result.status !== 'completed' || result.exit_code !== 0,
    statements: changeFiles({ runId, updatedBy: context.worker, ...kept, bases: plan.bases }),
    facts,
  };
  return withEvents(outcome, context, events);
}

/** Returns the size of a file in the request: base64 makes four bytes of three, and the field names take 60 bytes. */
function sentBytes({ path, size }: WorkspaceFile): number {
  return Math.ceil(size / 3) * 4 + Buffer.byteLength(JSON.stringify(path)) + 60;
}

async function readTree(tenantId: string, files: readonly WorkspaceFile[]): Promise<TreeFile[]> {
  const contents = await readContents(tenantId, files);
  return files.flatMap(({ path, mode, sha256 }) => {
    const content = contents.get(sha256);
    return content === undefined ? [] : [{ path, mode, content: new Uint8Array(content) }];
  });
}

/**
 * Returns the result of the command, or why nothing ran, for a model.
 * @throws the signal's reason when the run was stopped
 */
async function callSandbox(
  { command, allowedHosts }: Command,
  files: TreeFile[],
  signal: AbortSignal,
): Promise<Ran | string> {
  const network = allowedHosts.length > 0 ? { allowed_hosts: [...allowedHosts] } : 'none';
  const body = z.encode(SandboxRequest, { command, files, timeout_seconds: TIMEOUT_SECONDS, network });
  const patience = AbortSignal.any([signal, AbortSignal.timeout(CALL_TIMEOUT_MS)]);
  try {
    const result = await callInternal(
      'tools-run-sandbox-command',
      '/internal/sandbox/commands',
      body,
      SandboxResult,
      patience,
    );
    if (result.status === 'unavailable') return describeUnavailable(result.reason, network !== 'none');
    return result.status === 'cancelled'
      ? 'The command was stopped before it ended. None of its changes was kept.'
      : result;
  } catch (error) {
    signal.throwIfAborted();
    log('warning', 'sandbox unreachable', { error });
    return 'The sandbox did not answer, so nothing was run. Try once more, or continue without running commands.';
  }
}

function describeUnavailable(reason: string, hasNetwork: boolean): string {
  if (hasNetwork) return `Nothing was run: ${reason}. Run the command without the network: set offline to true.`;
  return `Commands cannot be run here, because there is no sandbox: ${reason}. Nothing was run. Continue without commands: write the files, check them by reading them, and say in your report that nothing was run.`;
}

async function store(tenantId: string, files: readonly TreeFile[]) {
  const stored: { path: string; sha256: string; size: number; mode: TreeFile['mode'] }[] = [];
  await inParallel(files, async ({ path, mode, content }) => {
    stored.push({ path, mode, ...(await storeContent(tenantId, content)) });
  });
  return stored;
}

const TOLD_PATHS = 100;

function factsOf(result: Ran): Record<string, unknown> {
  const paths = [...result.changed.map((file) => file.path), ...result.deleted];
  return {
    outcome: result.status,
    ...(result.status === 'completed' ? { exit_code: result.exit_code } : {}),
    ...(result.network?.refused.length ? { refused_hosts: result.network.refused.map(({ host }) => host) } : {}),
    paths: paths.filter((path) => !/(^|\/)\.git\//.test(path)).slice(0, TOLD_PATHS),
  };
}
