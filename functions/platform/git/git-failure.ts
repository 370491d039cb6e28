import type { GitResult } from './run-git.ts';

/** Why a git command with a remote failed, as far as its output shows. */
export type FailureKind =
  | 'unauthorized'
  | 'not-found'
  | 'redirected'
  | 'too-large'
  | 'timeout'
  | 'malformed'
  | 'rejected'
  | 'unreachable';

export class GitFailure extends Error {
  readonly kind: FailureKind;
  /** The output of git and the server: untrusted text, cleaned and shortened. */
  readonly said: string;

  constructor(kind: FailureKind, said: string) {
    super(`git failed: ${kind}`);
    this.name = 'GitFailure';
    this.kind = kind;
    this.said = said;
  }
}

const SIGNS: readonly [FailureKind, RegExp][] = [
  ['malformed', /fsck error in packed object/],
  ['unreachable', /early EOF/],
  ['redirected', /returned error: 30\d|unable to update url base from redirection/],
  [
    'unauthorized',
    /Authentication failed|could not read (Username|Password)|returned error: 40[13]|[Pp]ermission .{0,80}denied/,
  ],
  ['not-found', /returned error: 404|[Rr]epository .{0,200}not found/],
  [
    'too-large',
    /File too large|invalid index-pack output|[Oo]ut of memory|mmap failed|exceeds maximum|file write error|died of signal 25/,
  ],
  ['timeout', /Operation too slow|timed out/],
];

/** Returns the result of a successful command. @throws GitFailure for any other result */
export function checkGit(result: GitResult): GitResult {
  if (result.exitCode === 0) return result;
  throw failureOf(result);
}

/** Returns the failure for a result that was not successful. */
export function failureOf({ stopped, stderr }: GitResult): GitFailure {
  if (stopped === 'time') return new GitFailure('timeout', stderr);
  if (stopped === 'size') return new GitFailure('too-large', stderr);
  const kind = SIGNS.find(([, sign]) => sign.test(stderr))?.[0] ?? 'unreachable';
  return new GitFailure(kind, stderr);
}
