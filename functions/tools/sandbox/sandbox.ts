import { z } from 'zod';
import { EgressReport } from '../network/egress.ts';
import { AllowedHosts } from '../network-policy.ts';
import { describePathFault, describeTreeFault } from './tree-path.ts';

/**
 * The contract of the service that runs an agent's `run_command`. The caller sends the whole file tree with the
 * command, because the sandbox has no credentials to fetch it, and receives the changed files.
 *
 * The schemas are codecs: `parse` turns the JSON of a request (base64 contents) into bytes, `z.encode` does the
 * opposite.
 *
 * The command wrote the returned `.git`. Hooks, filters and `core.fsmonitor` in it run as soon as git reads it, so
 * never run git on it outside a sandbox.
 */

/** Strict base64. Buffer skips unknown characters, so these are detected by a length that does not match. */
const Base64Bytes = z.codec(z.string(), z.instanceof(Uint8Array), {
  decode: (text, context) => {
    const bytes = Buffer.from(text, 'base64');
    if (Math.ceil(bytes.length / 3) * 4 === text.length) return new Uint8Array(bytes);
    context.issues.push({ code: 'custom', input: text, message: 'content must be base64 with padding' });
    return z.NEVER;
  },
  encode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
});

const TreePath = z.string().superRefine((path, context) => {
  const fault = describePathFault(path);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

export const TreeFile = z.strictObject({
  path: TreePath,
  mode: z.enum(['regular', 'executable']),
  content: Base64Bytes,
});
export type TreeFile = z.infer<typeof TreeFile>;

/** A file or a symbolic link of a tree that is laid out. Links come only from generated folders. */
export type TreeEntry = TreeFile | { path: string; mode: 'link'; target: string };

/** A generated folder, such as an environment, packed as one value (`packed-folder.ts`). */
export const TreeFolder = z.strictObject({ path: TreePath, content: Base64Bytes });
export type TreeFolder = z.infer<typeof TreeFolder>;

export const SandboxRequest = z.strictObject({
  /** Passed to bash inside the sandbox as one argument. No shell outside the sandbox interprets it. */
  command: z
    .string()
    .min(1)
    .max(20_000)
    .refine((command) => !command.includes('\0'), 'the command must not contain NUL'),
  files: z.array(TreeFile).superRefine((files, context) => {
    const fault = describeTreeFault(files.map((file) => file.path));
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  }),
  /** Generated folders of earlier commands. A file of `files` replaces the file of a folder. */
  folders: z.array(TreeFolder).optional(),
  timeout_seconds: z.number().positive().max(120).default(120),
  /** Closed, or open only to these hosts, through the proxy in HTTP_PROXY and HTTPS_PROXY. */
  network: z.union([z.literal('none'), z.strictObject({ allowed_hosts: AllowedHosts.min(1) })]).default('none'),
});
export type SandboxRequest = z.infer<typeof SandboxRequest>;

/** The results of every command that ran, whether it ended by itself or was stopped. */
const Outcome = {
  /** Text with invalid UTF-8 replaced and control characters other than \n and \t escaped, so that they are visible. */
  stdout: z.string(),
  stderr: z.string(),
  stdout_truncated: z.boolean(),
  stderr_truncated: z.boolean(),
  /** Files that are new, or differ from what was sent in content or mode. */
  changed: z.array(TreeFile),
  /** Paths that were sent and are no longer regular files. */
  deleted: z.array(z.string()),
  /** Generated folders that are new or differ from what was sent. Left out when there are none. */
  changed_folders: z.array(TreeFolder).optional(),
  /** Generated folders that were sent and are gone. Left out when there are none. */
  deleted_folders: z.array(z.string()).optional(),
  /** What the command created and the sandbox does not return, with the reason. */
  not_kept: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
  duration_ms: z.number().nonnegative(),
  /** The traffic and the refused hosts of the proxy. Left out when the network was closed. */
  network: EgressReport.optional(),
};

export const SandboxLimit = z.enum(['memory', 'processes', 'disk', 'output']);
export type SandboxLimit = z.infer<typeof SandboxLimit>;

export const SandboxResult = z.discriminatedUnion('status', [
  /** `exit_code` is 128 + the signal's number when a signal ended the command. */
  z.strictObject({ status: z.literal('completed'), exit_code: z.int().min(0).max(255), ...Outcome }),
  z.strictObject({ status: z.literal('timed_out'), ...Outcome }),
  z.strictObject({ status: z.literal('limit_exceeded'), limit: SandboxLimit, ...Outcome }),
  z.strictObject({ status: z.literal('cancelled') }),
  /** Nothing ran. `reason` names what is missing and how to get it. */
  z.strictObject({ status: z.literal('unavailable'), reason: z.string() }),
]);
export type SandboxResult = z.infer<typeof SandboxResult>;

/** The fields that `completed`, `timed_out` and `limit_exceeded` share. */
export type SandboxOutcome = Omit<Extract<SandboxResult, { status: 'timed_out' }>, 'status'>;

/**
 * A sandbox provider. When `run` returns, no process of the command is alive and none of its files is left on this
 * machine. Aborting `signal` kills the whole process tree and returns `cancelled`. Concurrent calls are independent.
 */
export interface Sandbox {
  readonly provider: 'bubblewrap' | 'cloud-run-launcher' | 'none';
  run(request: SandboxRequest, signal?: AbortSignal): Promise<SandboxResult>;
}
