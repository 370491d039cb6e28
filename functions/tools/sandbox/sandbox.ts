import { z } from 'zod';
import { EgressReport } from '../network/egress.ts';
import { AllowedHosts } from '../network-policy.ts';
import { describePathFault, describeTreeFault } from './tree-path.ts';

/**
 * The contract of the place where an agent's `run_command` runs. The caller sends the whole file tree with the command, because
 * the sandbox has no rights and no secrets to fetch it with, and receives what the command changed.
 *
 * The schemas are codecs: `parse` turns the wire's JSON (base64 contents) into bytes, `z.encode` turns bytes into the wire's JSON.
 *
 * A returned `.git` was written by the command. Hooks, filters and `core.fsmonitor` in it run as soon as git reads it, so never
 * call git on it outside a sandbox.
 */

/** Strict base64: Buffer skips what it does not know, so a length that does not match gives every stray character away. */
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

export const SandboxRequest = z.strictObject({
  /** Given to bash inside the sandbox as one argument; nothing outside ever interprets it. */
  command: z
    .string()
    .min(1)
    .max(20_000)
    .refine((command) => !command.includes('\0'), 'the command must not contain NUL'),
  files: z.array(TreeFile).superRefine((files, context) => {
    const fault = describeTreeFault(files.map((file) => file.path));
    if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
  }),
  timeout_seconds: z.number().positive().max(120).default(120),
  /** Closed, or open to these hosts through a proxy that HTTP_PROXY and HTTPS_PROXY name, and to nothing else. */
  network: z.union([z.literal('none'), z.strictObject({ allowed_hosts: AllowedHosts.min(1) })]).default('none'),
});
export type SandboxRequest = z.infer<typeof SandboxRequest>;

/** What every command leaves behind that ran, to its end or not. */
const Outcome = {
  /** Text with invalid UTF-8 replaced and control characters other than \n and \t escaped, so that terminal tricks are visible. */
  stdout: z.string(),
  stderr: z.string(),
  stdout_truncated: z.boolean(),
  stderr_truncated: z.boolean(),
  /** Files that are new, or differ from what was sent in content or mode. */
  changed: z.array(TreeFile),
  /** Paths that were sent and are no longer regular files. */
  deleted: z.array(z.string()),
  /** What the command made that does not come back, and why. */
  not_kept: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
  duration_ms: z.number().nonnegative(),
  /** What went through the proxy, and what it refused; left out where the network was closed. */
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
 * A provider. When `run` returns, no process of the command is alive and nothing of it is left on this machine.
 * Aborting `signal` kills the whole process tree at once and answers `cancelled`. Calls at the same time are independent.
 */
export interface Sandbox {
  readonly provider: 'bubblewrap' | 'cloud-run-launcher' | 'none';
  run(request: SandboxRequest, signal?: AbortSignal): Promise<SandboxResult>;
}
