/**
 * The system-call filter of the sandbox, as a classic BPF program for bubblewrap's `--seccomp`.
 *
 * Namespaces hide the resources of this machine. The filter refuses what a command could still get from the kernel:
 * - memory that belongs to no process and no mounted file system (memfd, System V shared memory and queues): the
 *   watchdog would not count it;
 * - AF_VSOCK, which reaches a virtual machine's host in spite of network namespaces, and other socket families that no
 *   program here uses;
 * - larger buffers of sockets, whose memory belongs to no process either: setting their size has no effect;
 * - parts of the kernel with many past vulnerabilities that no build tool needs (bpf, io_uring, userfaultfd, keyrings,
 *   mounts).
 *
 * A refused call fails with EPERM, so that programs can fall back or report an error.
 */

type Architecture = 'x64' | 'arm64';

/** The numbers of the calls as [x64, arm64]. From 424 on the numbers are equal on all processors. */
const REFUSED: Record<string, [number, number]> = {
  memfd_create: [319, 279],
  memfd_secret: [447, 447],
  shmget: [29, 194],
  shmat: [30, 196],
  semget: [64, 190],
  msgget: [68, 186],
  mq_open: [240, 180],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  unshare: [272, 97],
  setns: [308, 268],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  quotactl: [179, 60],
  acct: [163, 89],
  swapon: [167, 224],
  reboot: [169, 142],
  syslog: [103, 116],
};

const SET_SOCKET_OPTION: Record<Architecture, number> = { x64: 54, arm64: 208 };
const SOL_SOCKET = 1;
/** SO_SNDBUF, SO_RCVBUF, and their forms for root. */
const BUFFER_OPTIONS = [7, 8, 32, 33];
const SOCKET: Record<Architecture, number> = { x64: 41, arm64: 198 };
const AUDIT_ARCHITECTURE: Record<Architecture, number> = { x64: 0xc000003e, arm64: 0xc00000b7 };

/**
 * AF_UNIX, AF_INET, AF_INET6, and AF_NETLINK for getifaddrs. In the empty network namespace they reach nothing outside.
 */
const ALLOWED_FAMILIES = [1, 2, 10, 16];

const ALLOW = 0x7fff0000;
const KILL = 0x80000000;
const refuse = (errorNumber: number): number => 0x00050000 | errorNumber;
const EPERM = 1;
const EAFNOSUPPORT = 97;

/** Calls of the x32 interface have this bit set, so comparisons with plain numbers would miss them. */
const X32_BIT = 0x40000000;

const LOAD = 0x20;
const JUMP_EQUAL = 0x15;
const JUMP_GREATER_OR_EQUAL = 0x35;
const RETURN = 0x06;

type Instruction = [code: number, ifTrue: number, ifFalse: number, value: number];

/** Returns the bytes of the program, or undefined for a processor whose call numbers are not listed here. */
export function seccompProgram(architecture: string): Buffer | undefined {
  if (architecture !== 'x64' && architecture !== 'arm64') return undefined;
  const column = architecture === 'x64' ? 0 : 1;
  const program: Instruction[] = [
    [LOAD, 0, 0, 4],
    [JUMP_EQUAL, 1, 0, AUDIT_ARCHITECTURE[architecture]],
    [RETURN, 0, 0, KILL],
    [LOAD, 0, 0, 0],
    [JUMP_GREATER_OR_EQUAL, 0, 1, X32_BIT],
    [RETURN, 0, 0, refuse(EPERM)],
    ...Object.values(REFUSED).flatMap((numbers): Instruction[] => [
      [JUMP_EQUAL, 0, 1, numbers[column]],
      [RETURN, 0, 0, refuse(EPERM)],
    ]),
    [JUMP_EQUAL, 0, BUFFER_OPTIONS.length * 2 + 4, SET_SOCKET_OPTION[architecture]],
    // The low halves of the second and third argument: the level and the option.
    [LOAD, 0, 0, 24],
    [JUMP_EQUAL, 0, BUFFER_OPTIONS.length * 2 + 1, SOL_SOCKET],
    [LOAD, 0, 0, 32],
    ...BUFFER_OPTIONS.flatMap((option): Instruction[] => [
      [JUMP_EQUAL, 0, 1, option],
      // Reports success: the size is a wish, which the kernel limits silently as well.
      [RETURN, 0, 0, refuse(0)],
    ]),
    [RETURN, 0, 0, ALLOW],
    [JUMP_EQUAL, 0, ALLOWED_FAMILIES.length * 2 + 2, SOCKET[architecture]],
    // The low half of the first argument: the address family.
    [LOAD, 0, 0, 16],
    ...ALLOWED_FAMILIES.flatMap((family): Instruction[] => [
      [JUMP_EQUAL, 0, 1, family],
      [RETURN, 0, 0, ALLOW],
    ]),
    [RETURN, 0, 0, refuse(EAFNOSUPPORT)],
    [RETURN, 0, 0, ALLOW],
  ];
  return Buffer.concat(program.map(encode));
}

function encode([code, ifTrue, ifFalse, value]: Instruction): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(ifTrue, 2);
  bytes.writeUInt8(ifFalse, 3);
  bytes.writeUInt32LE(value >>> 0, 4);
  return bytes;
}
