import { cutText } from '../../platform/cut-text.ts';
import { escapeControls } from '../../platform/escape-controls.ts';
import { checkGit } from '../../platform/git/git-failure.ts';
import { splitAtNul } from '../../platform/git/split-at-nul.ts';
import { storableText } from '../../platform/storable.ts';
import { type GitObject, isFileMode, type ObjectKind, type TreeFile } from '../git/object.ts';
import { entryFaults, nameOf } from './inspect-names.ts';
import { Refused, type SyncLimits, TooLarge } from './limits.ts';
import type { WorkingCopy } from './working-copy.ts';

/** What the remote has and the branch lacks. */
export interface Incoming {
  tip: string;
  /** The tree of the tip. */
  treeId: string;
  /** All files of the tip. */
  files: Map<string, TreeFile>;
  objects: GitObject[];
  commits: number;
  /** Names of the authors of the new commits, newest first, without e-mail addresses. */
  authors: string[];
}

const ID_BYTES = 41;
/** The header that `cat-file --batch` prints before each object. */
const HEAD_BYTES = 80;

/**
 * Reads the objects that a fetched tip adds. Accepts only regular files in the tree of the tip, with names that no file
 * system confuses.
 * @throws TooLarge when the total exceeds the limits; Refused with all reasons
 */
export async function readIncoming(
  { repository, own }: WorkingCopy,
  { tip, head, limits }: { tip: string; head: string | undefined; limits: SyncLimits },
): Promise<Incoming> {
  const most = Math.max(0, limits.objects - own.objects);
  const room = Math.max(0, limits.bytes - own.bytes);
  const git = async (parameters: readonly string[], outputBytes: number, input?: string) => {
    const result = await repository.git(parameters, {
      limits: { ...repository.limits, outputBytes },
      ...(input === undefined ? {} : { input: async (stdin) => void stdin.write(input) }),
    });
    if (result.stopped === 'size') throw new TooLarge(limits);
    return checkGit(result).stdout;
  };
  const files = filesOf(await git(['ls-tree', '-r', '-z', '--full-tree', tip], repository.limits.outputBytes));
  const except = head === undefined ? [] : [`^${head}`];
  const listed = await git(['rev-list', '--objects', '--no-object-names', tip, ...except, '--'], (most + 1) * ID_BYTES);
  const ids = listed.toString('latin1').trim();
  if (ids.split('\n').length > most) throw new TooLarge(limits);
  const contents = await git(['cat-file', '--batch'], room + most * HEAD_BYTES, `${ids}\n`);
  const objects = objectsIn(contents);
  if (objects.reduce((sum, { content }) => sum + content.length, 0) > room) throw new TooLarge(limits);
  const commits = objects.filter(({ kind }) => kind === 'commit');
  const treeId = /^tree ([0-9a-f]{40})\n/.exec(commits[0]?.content.toString('latin1', 0, 60) ?? '')?.[1];
  if (treeId === undefined || commits[0]?.id !== tip)
    throw new Error(`The first object that git listed is not the tip ${tip}`);
  return { tip, treeId, files, objects, commits: commits.length, authors: authorsOf(commits) };
}

/** Parses lines of `<mode> <kind> <id>\t<path>`. */
function filesOf(output: Buffer): Map<string, TreeFile> {
  const files = new Map<string, TreeFile>();
  const reasons: string[] = [];
  for (const line of splitAtNul(output)) {
    const tab = line.indexOf(9);
    const [mode = '', , id = ''] = line.toString('latin1', 0, tab).split(' ');
    const name = line.subarray(tab + 1);
    const faults = entryFaults(mode, name);
    reasons.push(...faults.map((fault) => `${nameOf(name)}: ${fault}`));
    if (faults.length === 0 && isFileMode(mode)) files.set(name.toString('utf8'), { id, mode });
  }
  if (reasons.length > 0) throw new Refused(reasons);
  return files;
}

/** Parses a sequence of `<id> <kind> <size>\n<content>\n`. */
function objectsIn(output: Buffer): GitObject[] {
  const objects: GitObject[] = [];
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at);
    const [id = '', kind = '', size = ''] = output.toString('latin1', at, end).split(' ');
    if (!isKind(kind)) throw new Error(`git listed the object ${id} and cannot read it`);
    const content = output.subarray(end + 1, end + 1 + Number(size));
    objects.push({ id, kind, content });
    at = end + 1 + Number(size) + 1;
  }
  return objects;
}

function isKind(kind: string): kind is ObjectKind {
  return kind === 'blob' || kind === 'tree' || kind === 'commit';
}

const MOST_AUTHORS = 10;
const LONGEST_NAME = 200;
/** Bytes of a commit that are searched for its author. */
const HEADER_BYTES = 4096;

function authorsOf(commits: readonly GitObject[]): string[] {
  const names = commits.map(
    ({ content }) => /^author (.*?) ?<[^\n]*$/m.exec(content.toString('utf8', 0, HEADER_BYTES))?.[1] ?? '',
  );
  // Some programs use the e-mail address when an author has set no name; addresses are not shown.
  const plain = names.map((name) =>
    storableText(escapeControls(cutText(name, LONGEST_NAME).replaceAll(/(?<!\S)\S+@\S+/g, '')).trim()),
  );
  return [...new Set(plain.filter((name) => name !== ''))].slice(0, MOST_AUTHORS);
}
