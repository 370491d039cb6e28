/** What one command may use. Tests inject smaller numbers. */
export interface SandboxLimits {
  /** Memory of all processes together, without the files of the workspace. */
  memoryBytes: number;
  /** Processes that are alive at the same time. */
  processes: number;
  /** Workspace and /tmp together; both live in memory. */
  diskBytes: number;
  /** Files and folders of the workspace and /tmp together. */
  diskInodes: number;
  /** The largest single file that the command can write. */
  fileBytes: number;
  /** What is kept of each output stream. */
  keptOutputBytes: number;
  /** The command is stopped once it has written this much to both streams. */
  outputBytes: number;
  /** How often the watchdog looks. Between two looks a command can pass a limit by what the kernel lets it. */
  watchMilliseconds: number;
  /** What is returned. */
  returnedFiles: number;
  returnedBytes: number;
  returnedFileBytes: number;
}

const MEBIBYTE = 1024 * 1024;

export const DEFAULT_LIMITS: SandboxLimits = {
  memoryBytes: 1024 * MEBIBYTE,
  // npm with its scripts stays below 100; a fork bomb passes this in milliseconds.
  processes: 256,
  diskBytes: 512 * MEBIBYTE,
  diskInodes: 50_000,
  fileBytes: 256 * MEBIBYTE,
  keptOutputBytes: 256 * 1024,
  // Two hundred times what anyone gets to read; more is a loop, not a log.
  outputBytes: 64 * MEBIBYTE,
  // A process that touches memory as fast as it can gains some 100 MiB in this time.
  watchMilliseconds: 50,
  returnedFiles: 5_000,
  returnedBytes: 64 * MEBIBYTE,
  returnedFileBytes: 16 * MEBIBYTE,
};
