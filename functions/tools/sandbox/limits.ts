/** The resources that one command may use. Tests inject smaller numbers. */
export interface SandboxLimits {
  /** Memory of all processes together. The files of the workspace do not count. */
  memoryBytes: number;
  /** Processes that are alive at the same time. */
  processes: number;
  /** Sockets of all processes together, also those that no process has open any more. */
  sockets: number;
  /** Workspace and /tmp together; both live in memory. */
  diskBytes: number;
  /** Files and folders of the workspace and /tmp together. */
  diskInodes: number;
  /** The largest single file that the command can write. */
  fileBytes: number;
  /** The part of each output stream that is kept. */
  keptOutputBytes: number;
  /** The command is stopped when it has written more than this to both streams together. */
  outputBytes: number;
  /** The interval of the watchdog. Between two checks only the limits of the kernel hold. */
  watchMilliseconds: number;
  /** The changed files that are returned. */
  returnedFiles: number;
  returnedBytes: number;
  returnedFileBytes: number;
}

const MEBIBYTE = 1024 * 1024;

export const DEFAULT_LIMITS: SandboxLimits = {
  memoryBytes: 1024 * MEBIBYTE,
  // npm with its scripts stays below 100; a fork bomb exceeds this in milliseconds.
  processes: 256,
  // npm opens 50 connections, with two sockets each. A Unix socket holds 208 KiB of unread bytes.
  sockets: 1_024,
  diskBytes: 512 * MEBIBYTE,
  diskInodes: 50_000,
  fileBytes: 256 * MEBIBYTE,
  keptOutputBytes: 256 * 1024,
  // 128 times what is kept of both streams. More output comes from an endless loop.
  outputBytes: 64 * MEBIBYTE,
  // A process can take about 100 MiB of memory in this time.
  watchMilliseconds: 50,
  returnedFiles: 5_000,
  returnedBytes: 64 * MEBIBYTE,
  returnedFileBytes: 16 * MEBIBYTE,
};
