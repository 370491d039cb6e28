import { z } from 'zod';
import { escapeName } from '../../platform/escape-controls.ts';
import { callInternal } from '../../platform/http/internal-call.ts';
import { log } from '../../platform/log.ts';
import { redactOutput } from '../redact-output.ts';
import { SandboxRequest, SandboxResult, type TreeFile, type TreeFolder } from '../sandbox/sandbox.ts';
import { type FolderRow, listFolders } from '../sql/file.ts';
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
import { isInsideGit } from '../workspace-path.ts';
import { commandEvent, eventsOf, withEvents } from './command-events.ts';
import { describeAllowedCommands, refuseCommand } from './command-policy.ts';
import { describeResult } from './describe-result.ts';
import { planChanges, SENT_BYTES, sentBytes } from './plan-changes.ts';

const TIMEOUT_SECONDS = 120;
/** Includes the time to send the tree, to start an instance of the sandbox and to receive the result. */
const CALL_TIMEOUT_MS = (TIMEOUT_SECONDS + 50) * 1000;
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
    'Changed files are kept, empty folders are not. Generated folders such as node_modules and virtual environments are kept for commands of this run only. Each call starts a new shell: no process, folder change or variable stays. ' +
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
  const bytes = files.reduce((sum, file) => sum + sentBytes(file), 0);
  if (bytes > SENT_BYTES) {
    const size = files.reduce((sum, file) => sum + file.size, 0);
    return failure(
      `The workspace has ${inBytes(size)} in ${inDigits(files.length)} files; a command can get 23 MiB at most. Delete large files that are not needed.`,
    );
  }
  const folders = fitting(await listFolders(database, runId), SENT_BYTES - bytes);
  const tree = { files: await readTree(tenantId, files), folders: await readFolders(tenantId, folders) };
  const result = await callSandbox({ command, allowedHosts }, tree, context.signal);
  if (typeof result === 'string')
    return withEvents(failure(result), context, [
      commandEvent('sandbox_error', command, { reason: result.slice(0, 200) }),
    ]);
  const now = [...(await listed()), ...(await listFolders(database, runId))];
  const plan = planChanges(result, files, now);
  const hashes = new Map(now.map((file) => [file.path, file.sha256]));
  const stale = plan.bases.find((base) => (hashes.get(base.path) ?? null) !== base.sha256);
  if (stale !== undefined) return { status: 'overtaken', path: stale.path };
  const outcome: CompletedOutcome = {
    status: 'completed',
    output: redactOutput(describeResult(result, plan)),
    isError: result.status !== 'completed' || result.exit_code !== 0,
    statements: changeFiles({
      runId,
      updatedBy: context.worker,
      upserts: await store(tenantId, [...plan.changed, ...plan.folders.map(asRow)]),
      deletes: [...plan.deleted, ...(result.deleted_folders ?? []).map((path) => `${path}/`)],
      bases: plan.bases,
    }),
    facts: factsOf(result, plan),
  };
  return withEvents(outcome, context, eventsOf(command, result));
}

/** The folders that are sent beside the files. A folder is generated again by the command that needs it. */
function fitting(folders: readonly FolderRow[], room: number): FolderRow[] {
  let left = room;
  return folders.filter((folder) => {
    const bytes = sentBytes(folder);
    if (bytes > left) return false;
    left -= bytes;
    return true;
  });
}

const asRow = ({ path, content }: TreeFolder) => ({ path: `${path}/`, mode: 'folder' as const, content });

async function readFolders(tenantId: string, folders: readonly FolderRow[]): Promise<TreeFolder[]> {
  const contents = await readContents(tenantId, folders);
  return folders.flatMap(({ path, sha256 }) => {
    const content = contents.get(sha256);
    return content === undefined ? [] : [{ path: path.slice(0, -1), content: new Uint8Array(content) }];
  });
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
  tree: { files: TreeFile[]; folders: TreeFolder[] },
  signal: AbortSignal,
): Promise<Ran | string> {
  const network = allowedHosts.length > 0 ? { allowed_hosts: [...allowedHosts] } : 'none';
  const body = z.encode(SandboxRequest, { command, ...tree, timeout_seconds: TIMEOUT_SECONDS, network });
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

type StoredMode = TreeFile['mode'] | 'folder';

async function store(tenantId: string, files: readonly { path: string; mode: StoredMode; content: Uint8Array }[]) {
  const stored: { path: string; sha256: string; size: number; mode: StoredMode }[] = [];
  await inParallel(files, async ({ path, mode, content }) => {
    stored.push({ path, mode, ...(await storeContent(tenantId, content)) });
  });
  return stored;
}

const TOLD_PATHS = 100;

function factsOf(result: Ran, { changed, deleted }: ReturnType<typeof planChanges>): Record<string, unknown> {
  const paths = [...changed.map((file) => file.path), ...deleted];
  return {
    outcome: result.status,
    ...(result.status === 'completed' ? { exit_code: result.exit_code } : {}),
    ...(result.network?.refused.length ? { refused_hosts: result.network.refused.map(({ host }) => host) } : {}),
    paths: paths
      .filter((path) => !isInsideGit(path))
      .slice(0, TOLD_PATHS)
      .map(escapeName),
  };
}
