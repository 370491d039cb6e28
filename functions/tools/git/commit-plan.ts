import { createHash } from 'node:crypto';

/**
 * The content of a push. A commit depends only on this plan and on its parent. So the same call on the same head always
 * makes the same commit with the same id, in every process and every repetition.
 */
export interface CommitPlan {
  runId: string;
  /** Identifies the call. It is the same in every repetition. */
  callKey: string;
  /** The name of the worker that makes the call. */
  author: string;
  /** The time when the call was allowed (RFC 3339). It is the commit's date. */
  date: string;
  message: string;
  files: readonly PlannedFile[];
}

export interface PlannedFile {
  path: string;
  /** The hash of the content. */
  sha256: string;
  mode: 'regular' | 'executable';
}

/**
 * Hashes what the user was shown: the remote, the branch, the message, every byte of the files, and what changes at the
 * remote. Commits of others since then do not matter unless the push would overwrite or delete something else.
 */
export function fingerprintOf(parts: {
  remote: string;
  branch: string;
  message: string;
  files: readonly PlannedFile[];
  changes: readonly { status: string; path: string; before?: string }[];
}): string {
  const { remote, branch, message } = parts;
  const changes = parts.changes.map(({ status, path, before }) => [status, path, before]);
  const files = parts.files
    .map(({ path, sha256, mode }) => [path, sha256, mode])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([remote, branch, message, files, changes]))
    .digest('hex');
}

/** Returns the line that identifies the call in the commit message. It is a hash, because call keys are internal. */
export function callTrailer(callKey: string): string {
  return `ApexFlow-Call: ${createHash('sha256').update(callKey).digest('hex')}`;
}

export function runTrailer(runId: string): string {
  return `ApexFlow-Run: ${runId}`;
}

/** Returns the whole commit message. The trailers are always the last paragraph. */
export function messageOf({ message, runId, callKey }: CommitPlan): string {
  return `${message.trim()}\n\n${runTrailer(runId)}\n${callTrailer(callKey)}\n`;
}

/**
 * Returns the author line, such as `ApexFlow backend <backend@apexflow.invalid> 1795230000 +0000`. The address never
 * exists.
 */
export function signatureOf({ author, date }: Pick<CommitPlan, 'author' | 'date'>): string {
  const name = author.replace(/[^A-Za-z0-9_-]/g, '');
  const seconds = Math.floor(Date.parse(date) / 1000);
  if (!Number.isSafeInteger(seconds)) throw new Error(`The date of the commit is not RFC 3339: ${date}`);
  return `ApexFlow ${name} <${name}@apexflow.invalid> ${seconds} +0000`;
}
