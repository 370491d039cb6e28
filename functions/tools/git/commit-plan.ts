import { createHash } from 'node:crypto';
import { isInsideGit } from '../workspace-path.ts';

/**
 * What a push consists of. A commit is made of this and of the commit that it stands on alone, so the same call on the
 * same head is the same commit, with the same id, whichever process makes it and however often.
 */
export interface CommitPlan {
  runId: string;
  /** Names the call; the same at every repetition. */
  callKey: string;
  /** The worker that calls. */
  author: string;
  /** When the call was allowed, as RFC 3339: the commit's date. */
  date: string;
  message: string;
  files: readonly PlannedFile[];
}

export interface PlannedFile {
  path: string;
  /** Of the contents. */
  sha256: string;
  mode: 'regular' | 'executable';
}

/** Names that some disks take for `.git` as well: short names of NTFS, its streams, dots and blanks at the end. */
const LIKE_GIT = /^(?:\.git[ .]*(?::.*)?|git~[0-9]+)$/i;

/**
 * The files that are pushed. A `.git` that an agent made in the sandbox is data of the workspace: it is neither read as
 * a repository nor pushed.
 */
export function pushedFiles<File extends { path: string }>(files: readonly File[]): File[] {
  return files.filter(({ path }) => !isInsideGit(path) && !path.split('/').some((segment) => LIKE_GIT.test(segment)));
}

/** Names what was shown to a person: where it goes, what is said, and every byte of the files. */
export function fingerprintOf(parts: {
  remote: string;
  branch: string;
  message: string;
  files: readonly PlannedFile[];
}): string {
  const { remote, branch, message } = parts;
  const files = parts.files
    .map(({ path, sha256, mode }) => [path, sha256, mode])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([remote, branch, message, files]))
    .digest('hex');
}

export const RUN_TRAILER = 'ApexFlow-Run';
export const CALL_TRAILER = 'ApexFlow-Call';

/** The call's name in the commit: a hash, because keys of calls are internal. */
export function callTrailer(callKey: string): string {
  return `${CALL_TRAILER}: ${createHash('sha256').update(callKey).digest('hex')}`;
}

export function runTrailer(runId: string): string {
  return `${RUN_TRAILER}: ${runId}`;
}

/** The whole message. The trailers are the last paragraph, whatever the model wrote before. */
export function messageOf({ message, runId, callKey }: CommitPlan): string {
  return `${message.trim()}\n\n${runTrailer(runId)}\n${callTrailer(callKey)}\n`;
}

/** `ApexFlow backend <backend@apexflow.invalid> 1795230000 +0000`: nobody's address, because a machine wrote it. */
export function signatureOf({ author, date }: Pick<CommitPlan, 'author' | 'date'>): string {
  const name = author.replace(/[^A-Za-z0-9_-]/g, '');
  const seconds = Math.floor(Date.parse(date) / 1000);
  if (!Number.isSafeInteger(seconds)) throw new Error('The date of a commit cannot be read');
  return `ApexFlow ${name} <${name}@apexflow.invalid> ${seconds} +0000`;
}
