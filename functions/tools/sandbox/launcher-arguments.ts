import { commandEnvironment, limitLines, WORKSPACE } from './command-environment.ts';
import type { SandboxLimits } from './limits.ts';

/**
 * The command line of Cloud Run's `sandbox` program:
 * - The sandbox's root is our container's file system, read-only without `--write`. Mounts hide what a command must not
 *   read.
 * - Without `--allow-egress` there is no network. We never pass this option, because it would open all hosts.
 * - The sandbox inherits no environment. `env -i` sets the same environment as in the other provider.
 * - `exec` loses the exit code and `do` gives no name to kill by. So a named `run` is started in the foreground and
 *   ended by `delete --force`.
 */
export const LAUNCHER = '/usr/local/gcp/bin/sandbox';

interface LauncherRun {
  /** The name of the sandbox, unique within the instance. */
  name: string;
  command: string;
  /** Folders of this container that become /workspace and /tmp. */
  workspace: string;
  temporary: string;
  /** An empty folder that is mounted over each hidden folder. */
  empty: string;
  hidden: readonly string[];
  /** The folder of node, which is not always in /usr/bin. */
  programs: readonly string[];
  limits: SandboxLimits;
  timeoutSeconds: number;
}

export function launcherArguments(run: LauncherRun): string[] {
  const path = [...new Set([...run.programs, '/usr/local/bin', '/usr/bin', '/bin'])];
  const environment = Object.entries(commandEnvironment(path)).map(([name, value]) => `${name}=${value}`);
  return [
    ...['run', run.name],
    ...mount(run.workspace, WORKSPACE, false),
    ...mount(run.temporary, '/tmp', false),
    ...run.hidden.flatMap((hidden) => mount(run.empty, hidden, true)),
    ...['--', '/usr/bin/env', '-i', ...environment, '/bin/sh', '-c', firstShell(run), 'sh', run.command],
  ];
}

/** Ends a sandbox with all of its processes. Succeeds when the sandbox does not exist. */
export function deleteArguments(name: string): string[] {
  return ['delete', name, '--force'];
}

function mount(source: string, destination: string, isReadOnly: boolean): string[] {
  // A comma would start a new field of the mount, and there is no way to quote it.
  if (/[,\n]/.test(source + destination))
    throw new Error(`A path with a comma or a line break cannot be mounted: ${source} ${destination}`);
  return ['--mount', `type=bind,source=${source},destination=${destination}${isReadOnly ? ',readonly' : ''}`];
}

/** Node reserves this much address space at its start, and `-v` is the only memory limit that gVisor enforces. */
const RESERVED_BYTES = 1536 * 1024 * 1024;

/**
 * The shell that starts the command. It reports the start and the exit code as lines of standard error that begin with
 * a secret. The command cannot know the secret: the shell reads it from standard input into a variable that is not
 * exported, and the command gets an empty standard input.
 */
function firstShell({ limits, timeoutSeconds }: LauncherRun): string {
  return [
    'read -r secret || exit 125',
    `cd ${WORKSPACE} && mkdir -p /tmp/home || exit 125`,
    'umask 022',
    `printf '%s started\\n' "$secret" >&2`,
    '(',
    ...limitLines({
      fileBytes: limits.fileBytes,
      cpuSeconds: timeoutSeconds + 5,
      tasks: limits.processes * 4,
      memory: `-v ${Math.ceil((limits.memoryBytes + RESERVED_BYTES) / 1024)}`,
    }),
    'unset secret',
    'shell=/bin/sh; [ -x /bin/bash ] && shell=/bin/bash',
    'exec "$shell" -c "$1"',
    ') </dev/null',
    'code=$?',
    `printf '\\n%s %s\\n' "$secret" "$code" >&2`,
    'exit "$code"',
  ].join('\n');
}
