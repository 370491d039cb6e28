import { existsSync } from 'node:fs';
import { commandEnvironment, limitLines, WORKSPACE } from '../command-environment.ts';
import type { SandboxLimits } from '../limits.ts';
import { EGRESS_SOCKET, forwarderProgram, PROXY_URL } from './bubblewrap-egress.ts';
import { type HostPrograms, systemFolderArguments } from './host-programs.ts';

/** The descriptors that bubblewrap and our first shell get in addition to standard input, output and error. */
export const DESCRIPTORS = { tree: 3, info: 4, handshake: 5, seccomp: 6, passwd: 7, group: 8, hosts: 9 } as const;

/** The files of /etc that programs need. The machine's own files are never visible. */
export const ETC_FILES = {
  passwd: 'agent:x:1000:1000:agent:/tmp/home:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n',
  group: 'agent:x:1000:\nnogroup:x:65534:\n',
  hosts: '127.0.0.1 localhost sandbox\n::1 localhost\n',
} as const;

/** /dev/shm is only large enough for semaphores, which Python's multiprocessing needs. */
const SHARED_MEMORY_BYTES = 16 * 1024 * 1024;

/** The exit code of the first shell when it could not unpack the tree. */
export const LAYOUT_FAILED = 125;

interface BubblewrapRun {
  command: string;
  programs: HostPrograms;
  limits: SandboxLimits;
  timeoutSeconds: number;
  /** The path of the proxy's socket on this machine. Undefined when the network is closed. */
  egressSocket: string | undefined;
}

/**
 * Returns the arguments that start one command. bubblewrap applies them in order: a mount must come before the mounts
 * inside it, and the read-only remounts come last.
 */
export function bubblewrapArguments(run: BubblewrapRun): string[] {
  const { command, programs, limits, timeoutSeconds, egressSocket } = run;
  const hasNetwork = egressSocket !== undefined;
  return [
    ...isolation(),
    ...environmentArguments(hasNetwork),
    ...machine(programs),
    ...etcFiles(),
    ...writable(limits),
    ...(hasNetwork ? egressArguments(egressSocket) : []),
    // Everything below / except the sized mounts would be unlimited memory if it could be written. /proc is
    // read-only too: its sysctl files belong to the machine's root, and this process may be root outside.
    ...['--remount-ro', '/proc', '--remount-ro', '/dev', '--remount-ro', '/'],
    ...['--chdir', WORKSPACE, '--info-fd', `${DESCRIPTORS.info}`, '--seccomp', `${DESCRIPTORS.seccomp}`],
    ...[
      '--',
      ...FIRST_SHELL,
      '-c',
      firstShell(limits, timeoutSeconds, hasNetwork),
      'sh',
      command,
      ...(hasNetwork ? [forwarderProgram(DESCRIPTORS.handshake)] : []),
    ],
  ];
}

/**
 * With `--as-pid-1` our first shell is the root of the process tree. When it ends, the kernel kills all processes that
 * the command left behind, so all are gone when bubblewrap ends.
 */
function isolation(): string[] {
  return [
    ...['--unshare-all', '--unshare-user', '--disable-userns', '--uid', '1000', '--gid', '1000', '--cap-drop', 'ALL'],
    ...['--hostname', 'sandbox', '--die-with-parent', '--new-session', '--as-pid-1', '--clearenv'],
  ];
}

function environmentArguments(hasNetwork: boolean): string[] {
  const path = ['/opt/tools', '/usr/local/bin', '/usr/bin', '/bin'];
  return Object.entries(commandEnvironment(path, hasNetwork ? PROXY_URL : undefined)).flatMap(([name, value]) => [
    '--setenv',
    name,
    value,
  ]);
}

function machine(programs: HostPrograms): string[] {
  return [
    ...['--ro-bind', '/usr', '/usr', ...systemFolderArguments()],
    ...programs.covered.flatMap((path) => ['--tmpfs', path, '--remount-ro', path]),
    ...['--ro-bind', programs.node, '/opt/tools/node'],
    ...npmArguments(programs),
    ...(programs.python ? ['--symlink', programs.python, '/opt/tools/python'] : []),
    ...(programs.pip ? ['--symlink', programs.pip, '/opt/tools/pip'] : []),
    // On Debian awk, editor and others are links through this folder.
    ...['/etc/alternatives', '/etc/ld.so.cache'].flatMap((path) => ['--ro-bind-try', path, path]),
    ...['--proc', '/proc', '--dev', '/dev'],
  ];
}

function npmArguments(programs: HostPrograms): string[] {
  if (programs.npm === undefined) return [];
  return [
    ...['--ro-bind', programs.npm, '/opt/npm'],
    ...[
      '--symlink',
      '/opt/npm/bin/npm-cli.js',
      '/opt/tools/npm',
      '--symlink',
      '/opt/npm/bin/npx-cli.js',
      '/opt/tools/npx',
    ],
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

/** The public certificates of authorities in /etc. Their private folders stay hidden. */
const CERTIFICATES = ['/etc/ssl/certs', '/etc/ssl/cert.pem', '/etc/pki/tls/certs', '/etc/pki/ca-trust/extracted'];

/** The network namespace stays empty. The socket of our proxy is the only connection to the outside. */
function egressArguments(socket: string): string[] {
  return [...['--ro-bind', socket, EGRESS_SOCKET], ...CERTIFICATES.flatMap((path) => ['--ro-bind-try', path, path])];
}

/** bash if it is installed: agents expect it, and it can close descriptors above 9. */
const SHELL = existsSync('/bin/bash') ? '/bin/bash' : '/bin/sh';

/** POSIX mode, because only then bash counts `ulimit -f` in blocks of 512 bytes like other shells. */
const FIRST_SHELL = SHELL === '/bin/bash' ? [SHELL, '--posix'] : [SHELL];

/**
 * Closes inherited descriptors. The parent of our process may have left some open, and one of them could be a folder or
 * a socket of this machine. If a descriptor cannot be closed, the sandbox does not start.
 */
const CLOSE_INHERITED = [
  'for entry in /proc/self/fd/*; do',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own expansion, without a process.
  '  number=${entry##*/}',
  `  if [ "$number" -gt ${Math.max(...Object.values(DESCRIPTORS))} ] && [ -e "$entry" ]; then`,
  `    eval "exec $number>&-"; [ ! -e "$entry" ] || exit ${LAYOUT_FAILED}`,
  '  fi',
  'done',
];

/**
 * Returns the script of the first shell, the trusted part inside: it unpacks the tree, lets our process open the
 * workspace, lowers the limits and starts the command.
 *
 * The command is the shell's `$1`, never part of the script. Our descriptors are closed before it starts.
 */
function firstShell(limits: SandboxLimits, timeoutSeconds: number, hasNetwork: boolean): string {
  const { tree, handshake } = DESCRIPTORS;
  // With a network the forwarder, the shell's `$2`, reports `ready` when it listens.
  const getReady = hasNetwork
    ? `{ /opt/tools/node -e "$2" </dev/null >/dev/null || echo failed >&${handshake}; } ${closed([handshake])} &`
    : `echo ready >&${handshake}`;
  return [
    ...CLOSE_INHERITED,
    'umask 022',
    `tar -xpmf - -C ${WORKSPACE} <&${tree} || exit ${LAYOUT_FAILED}`,
    getReady,
    `read -r go <&${handshake} || exit ${LAYOUT_FAILED}`,
    `exec ${closed([])}`,
    ...limitLines({
      fileBytes: limits.fileBytes,
      cpuSeconds: timeoutSeconds + 5,
      // Threads count as well, and node has eleven.
      tasks: limits.processes * 4,
      // Limits the writable private memory of one process. Address space cannot be limited, because node reserves
      // gigabytes that it never uses. The limit is twice the allowed sum, so that usually the watchdog stops the
      // command first: only the watchdog can report which limit was exceeded.
      memory: `-d ${Math.ceil((limits.memoryBytes * 2) / 1024)}`,
    }),
    `${SHELL} -c "$1"`,
    'exit $?',
  ].join('\n');
}

/** Returns redirections that close our descriptors, except the ones in `kept`. */
function closed(kept: readonly number[]): string {
  return Object.values(DESCRIPTORS)
    .filter((descriptor) => !kept.includes(descriptor))
    .map((descriptor) => `${descriptor}>&-`)
    .join(' ');
}
