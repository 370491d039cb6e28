import { existsSync } from 'node:fs';
import { commandEnvironment, limitLines, WORKSPACE } from '../command-environment.ts';
import type { SandboxLimits } from '../limits.ts';
import { EGRESS_SOCKET, forwarderProgram, PROXY_URL } from './bubblewrap-egress.ts';
import { type HostPrograms, systemFolderArguments } from './host-programs.ts';

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

export interface BubblewrapRun {
  command: string;
  programs: HostPrograms;
  limits: SandboxLimits;
  timeoutSeconds: number;
  /** The proxy's socket on this machine, where the network is opened. */
  egressSocket: string | undefined;
}

/**
 * The arguments that start one command. Order matters to bubblewrap: a mount must come before what lies on it, and the read-only
 * remounts last.
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
    ...(hasNetwork ? wayOut(egressSocket) : []),
    // Everything below / that is not one of the sized mounts is unbounded memory if it can be written. /proc too: its sysctl files
    // belong to the machine's root, which is who we are outside when this runs as root.
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
 * `--as-pid-1`: our first shell is the root of the process tree, so the kernel kills whatever a command left behind when the shell
 * ends, and bubblewrap's own end means that all of them are gone.
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
    // Debian's awk, editor and others are links through here.
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

/** The certificates by which programs know their servers lie in /etc; their private folders stay hidden. */
const CERTIFICATES = ['/etc/ssl/certs', '/etc/ssl/cert.pem', '/etc/pki/tls/certs', '/etc/pki/ca-trust/extracted'];

/** The network namespace stays empty: the socket of our proxy is the one thing that leads out of it. */
function wayOut(socket: string): string[] {
  return [...['--ro-bind', socket, EGRESS_SOCKET], ...CERTIFICATES.flatMap((path) => ['--ro-bind-try', path, path])];
}

/** bash where there is one: agents expect it, and it can close descriptors above 9. */
const SHELL = existsSync('/bin/bash') ? '/bin/bash' : '/bin/sh';

/** POSIX mode, because only then bash counts `ulimit -f` in the blocks of 512 bytes that other shells count in. */
const FIRST_SHELL = SHELL === '/bin/bash' ? [SHELL, '--posix'] : [SHELL];

/**
 * Whoever started our process may have left descriptors open in it, which every child inherits. One of them could be a folder or a
 * socket of this machine, so all are closed, and the sandbox does not start if one cannot be.
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
 * The trusted part inside: unpack the tree, let the outside open the workspace, then lower the limits and hand over.
 *
 * The command is the shell's `$1`, never part of the script. Our descriptors are closed before it starts.
 */
function firstShell(limits: SandboxLimits, timeoutSeconds: number, hasNetwork: boolean): string {
  const { tree, handshake } = DESCRIPTORS;
  // With a network it is the forwarder, the shell's `$2`, that says so, once it listens.
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
      // Threads count as well, and node alone has eleven.
      tasks: limits.processes * 4,
      // Writable private memory of one process. Address space would be the wrong measure: node reserves gigabytes that it never
      // touches. Twice what the sum allows, so that the watchdog, which can name the limit, comes first as a rule.
      memory: `-d ${Math.ceil((limits.memoryBytes * 2) / 1024)}`,
    }),
    `${SHELL} -c "$1"`,
    'exit $?',
  ].join('\n');
}

/** Redirections that close our descriptors, but for these. */
function closed(kept: readonly number[]): string {
  return Object.values(DESCRIPTORS)
    .filter((descriptor) => !kept.includes(descriptor))
    .map((descriptor) => `${descriptor}>&-`)
    .join(' ');
}
