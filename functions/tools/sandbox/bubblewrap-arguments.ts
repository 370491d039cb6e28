import { existsSync } from 'node:fs';
import { commandEnvironment, limitLines, WORKSPACE } from './command-environment.ts';
import { type HostPrograms, systemFolderArguments } from './host-programs.ts';
import type { SandboxLimits } from './limits.ts';

/** The descriptors that bubblewrap and our first shell get besides standard input and output. */
export const DESCRIPTORS = { tree: 3, info: 4, handshake: 5, seccomp: 6, passwd: 7, group: 8, hosts: 9 } as const;

/** The little of /etc that programs ask for; the machine's own files never show. */
export const ETC_FILES = {
  passwd: 'agent:x:1000:1000:agent:/tmp/home:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n',
  group: 'agent:x:1000:\nnogroup:x:65534:\n',
  hosts: '127.0.0.1 localhost sandbox\n::1 localhost\n',
} as const;

/** /dev/shm is for semaphores here; Python's multiprocessing wants it. */
const SHARED_MEMORY_BYTES = 16 * 1024 * 1024;

/** Exit code of the first shell when the tree could not be laid out. */
export const LAYOUT_FAILED = 125;

/**
 * The arguments that start one command. Order matters to bubblewrap: a mount must come before what lies on it, and the read-only
 * remounts last.
 */
export function bubblewrapArguments(
  command: string,
  programs: HostPrograms,
  limits: SandboxLimits,
  timeoutSeconds: number,
): string[] {
  return [
    ...isolation(),
    ...environmentArguments(),
    ...machine(programs),
    ...etcFiles(),
    ...writable(limits),
    // Everything below / that is not one of the sized mounts is unbounded memory if it can be written. /proc too: its sysctl files
    // belong to the machine's root, which is who we are outside when this runs as root.
    ...['--remount-ro', '/proc', '--remount-ro', '/dev', '--remount-ro', '/'],
    ...['--chdir', WORKSPACE, '--info-fd', `${DESCRIPTORS.info}`, '--seccomp', `${DESCRIPTORS.seccomp}`],
    ...['--', '/bin/sh', '-c', firstShell(limits, timeoutSeconds), 'sh', command],
  ];
}

/**
 * `--as-pid-1`: our first shell is the root of the process tree, so the kernel kills whatever a command left behind when the shell
 * ends, and bubblewrap's own end means that all of them are gone.
 */
function isolation(): string[] {
  return [
    ...['--unshare-all', '--unshare-user', '--disable-userns', '--uid', '1000', '--gid', '1000', '--cap-drop', 'ALL'],
    ...['--hostname', 'sandbox', '--die-with-parent', '--new-session', '--as-pid-1', '--clearenv'],
  ];
}

function environmentArguments(): string[] {
  const path = ['/opt/tools', '/usr/local/bin', '/usr/bin', '/bin'];
  return Object.entries(commandEnvironment(path)).flatMap(([name, value]) => ['--setenv', name, value]);
}

function machine(programs: HostPrograms): string[] {
  return [
    ...['--ro-bind', '/usr', '/usr', ...systemFolderArguments()],
    ...programs.covered.flatMap((path) => ['--tmpfs', path, '--remount-ro', path]),
    ...['--ro-bind', programs.node, '/opt/tools/node'],
    ...npmArguments(programs),
    ...(programs.python ? ['--symlink', programs.python, '/opt/tools/python'] : []),
    ...(programs.pip ? ['--symlink', programs.pip, '/opt/tools/pip'] : []),
    // Debian's awk, editor and others are links through here.
    ...['/etc/alternatives', '/etc/ld.so.cache'].flatMap((path) => ['--ro-bind-try', path, path]),
    ...['--proc', '/proc', '--dev', '/dev'],
  ];
}

function npmArguments(programs: HostPrograms): string[] {
  if (programs.npm === undefined) return [];
  return [
    ...['--ro-bind', programs.npm, '/opt/npm'],
    ...['--symlink', '/opt/npm/bin/npm-cli.js', '/opt/tools/npm', '--symlink', '/opt/npm/bin/npx-cli.js', '/opt/tools/npx'],
  ];
}

function etcFiles(): string[] {
  const names = ['passwd', 'group', 'hosts'] as const;
  return names.flatMap((name) => ['--ro-bind-data', `${DESCRIPTORS[name]}`, `/etc/${name}`]);
}

function writable(limits: SandboxLimits): string[] {
  const sized = (bytes: number, path: string) => ['--size', `${bytes}`, '--tmpfs', path];
  return [
    ...sized(Math.min(SHARED_MEMORY_BYTES, limits.diskBytes), '/dev/shm'),
    ...sized(limits.diskBytes, '/tmp'),
    ...['--dir', '/tmp/home'],
    ...sized(limits.diskBytes, WORKSPACE),
  ];
}

/**
 * The trusted part inside: unpack the tree, let the outside open the workspace, then lower the limits and hand over.
 *
 * The command is the shell's `$1`, never part of the script. Our descriptors are closed before it starts.
 */
function firstShell(limits: SandboxLimits, timeoutSeconds: number): string {
  const shell = existsSync('/bin/bash') ? '/bin/bash' : '/bin/sh';
  const { tree, handshake } = DESCRIPTORS;
  return [
    'umask 022',
    `tar -xpmf - -C ${WORKSPACE} <&${tree} || exit ${LAYOUT_FAILED}`,
    `echo ready >&${handshake} && read -r go <&${handshake} || exit ${LAYOUT_FAILED}`,
    `exec ${Object.values(DESCRIPTORS).map((descriptor) => `${descriptor}>&-`).join(' ')}`,
    ...limitLines({
      fileBytes: limits.fileBytes,
      cpuSeconds: timeoutSeconds + 5,
      // Threads count as well, and node alone has eleven.
      tasks: limits.processes * 4,
      // Writable private memory of one process. Address space would be the wrong measure: node reserves gigabytes that it never
      // touches. A quarter more than the sum allows, so that the watchdog, which can name the limit, usually comes first.
      memory: `-d ${Math.ceil((limits.memoryBytes * 1.25) / 1024)}`,
    }),
    `${shell} -c "$1"`,
    'exit $?',
  ].join('\n');
}
