import { withFrontmatter } from '../files/edit.ts';
import { isSamePart, joinParts, parseEntity, partsOf } from '../files/entity-file.ts';
import { isIndexPath } from '../files/entity-index.ts';
import { isEntityPath } from '../files/ontology.ts';
import { TIMELINE, timelineParts } from '../files/timeline.ts';
import { hasCopiedWords, wordsIn } from './copied-words.ts';
import type { FilesWithoutSource } from './files-without-source.ts';
import { isMergeable, type OriginalCommit, textVersion, type Version } from './history-slice.ts';
import type { WithdrawnChange } from './withdrawal-report.ts';

/**
 * Applies a commit that no session made (a consolidation, a sync, a rebuilt index, a revert) to the files without the
 * source, as `git cherry-pick` would: part by part, blocks of an entity and entries of the timeline. There are no
 * recorded edits to replay, so its diff is applied.
 */
export function cherryPick(
  commit: OriginalCommit,
  files: FilesWithoutSource,
): { files: Map<string, Version | undefined>; withdrawn: WithdrawnChange[] } {
  const before = commit.position - 1;
  const isRefused = refusalOfParts(commit, files);
  const refused = new Set(
    [...commit.changes.keys()].filter(isMergeable).flatMap((path) => {
      const after = partsAt(path, files.original(commit.position, path)?.text);
      return [...after.values()].filter((part) => isRefused(path, part)).map((part) => part.trim());
    }),
  );
  const written = new Map<string, Version | undefined>();
  const withdrawn: WithdrawnChange[] = [];
  for (const [path, blobId] of commit.changes) {
    if (isIndexPath(path)) continue;
    if (!isMergeable(path)) {
      if (blobId === undefined || files.isUnaffected(before, path))
        written.set(path, blobId === undefined ? undefined : { blobId });
      continue;
    }
    const picked = cherryPickFile({
      path,
      before: files.original(before, path)?.text,
      after: files.original(commit.position, path)?.text,
      branch: files.at(before, path)?.text,
      isRefused: (part) => isRefused(path, part),
      isRefusedElsewhere: (part) => refused.has(part.trim()),
    });
    written.set(path, textVersion(picked.text));
    if (isEntityPath(path)) withdrawn.push(...picked.withdrawn);
  }
  return { files: written, withdrawn };
}

/**
 * Returns which parts the commit must not write: any part of a file that only the source created, and parts with words
 * that occurred only in removed text. Words that the commit found in the files that it changes are allowed when they
 * also occur there without the source: it may only have moved them.
 */
function refusalOfParts(
  { position, changes }: OriginalCommit,
  files: FilesWithoutSource,
): (path: string, part: string) => boolean {
  const before = position - 1;
  const removed = files.removedWords(before);
  if (removed.size === 0) return () => false;
  const found = [...changes.keys()].filter(isMergeable).flatMap((path) => {
    const text = files.at(before, path)?.text;
    return text === undefined ? [] : [path, text];
  });
  const own = wordsIn(found);
  return (path, part) => {
    if (part.trim() === '') return false;
    if (!isEntityPath(path)) return hasCopiedWords(part, removed, own);
    const isRemovedFile = files.original(before, path) !== undefined && files.at(before, path) === undefined;
    return isRemovedFile || hasCopiedWords(`${path}\n${part}`, removed, own);
  };
}

export interface FileToPick {
  path: string;
  /** The original file before and after the commit. */
  before: string | undefined;
  after: string | undefined;
  /** The file without the source, before the commit. */
  branch: string | undefined;
  isRefused: (part: string) => boolean;
  /** Tells whether the commit wrote this part in another file, where it is refused. */
  isRefusedElsewhere: (part: string) => boolean;
}

/**
 * Applies the change of one file. Where the commit and the removal of the source both change a part, the branch's part
 * stays and the change is withdrawn. A part that the commit deleted is deleted, unless the commit only moved it to a
 * place where it is refused. Returns no text when the file does not exist afterwards.
 */
export function cherryPickFile(file: FileToPick): { text: string | undefined; withdrawn: WithdrawnChange[] } {
  const { path, before, after, branch } = file;
  const [ofBefore, ofAfter, ofBranch] = [partsAt(path, before), partsAt(path, after), partsAt(path, branch)];
  const withdrawn: WithdrawnChange[] = [];
  const parts: string[] = [];
  let isClean = branch === before;
  for (const key of new Set([...ofBranch.keys(), ...ofAfter.keys()])) {
    const part = { before: ofBefore.get(key), after: ofAfter.get(key), branch: ofBranch.get(key) };
    const picked = cherryPickPart(part, file);
    if (picked.text !== undefined) parts.push(picked.text);
    if (picked.isKept || picked.why !== undefined) isClean = false;
    if (picked.why !== undefined)
      withdrawn.push({ path, block: key === '' ? null : key, op: 'merge', why: picked.why });
  }
  if (after === undefined && parts.every((part) => part.trim() === '')) return { text: undefined, withdrawn };
  // A clean pick gives the commit's own text, with its order of parts.
  return { text: isClean ? after : joinFile(path, parts, branch), withdrawn };
}

interface PickedPart {
  text: string | undefined;
  why?: WithdrawnChange['why'];
  /** The commit deleted the part, but it stays. */
  isKept?: boolean;
}

function cherryPickPart(
  { before, after, branch }: Record<'before' | 'after' | 'branch', string | undefined>,
  { path, isRefused, isRefusedElsewhere }: FileToPick,
): PickedPart {
  if (isSamePart(after, before)) return { text: branch };
  if (after === undefined)
    return branch !== undefined && isRefusedElsewhere(branch) ? { text: branch, isKept: true } : { text: undefined };
  const isTimeline = path.startsWith(TIMELINE);
  if (isRefused(after)) return { text: isTimeline ? allowedLines(after, isRefused) : branch, why: 'says_what_is_gone' };
  if (isSamePart(branch, before) || isSamePart(branch, after)) return { text: after };
  // The frontmatter of a file that does not exist without the source.
  if (before === undefined && branch === '') return { text: after };
  if (isTimeline && branch !== undefined) return { text: commonLines(branch, after) };
  return { text: branch, why: 'conflict' };
}

function partsAt(path: string, text: string | undefined): Map<string, string> {
  return path.startsWith(TIMELINE) ? timelineParts(text ?? '') : partsOf(text ?? '');
}

/** Returns the lines that are not refused; the heading and the end of the entry stay. */
function allowedLines(text: string, isRefused: (line: string) => boolean): string {
  return text
    .split('\n')
    .filter((line) => line.startsWith('#') || line.startsWith('/END') || !isRefused(line))
    .join('\n');
}

function commonLines(one: string, other: string): string {
  const lines = new Set(other.split('\n'));
  return one
    .split('\n')
    .filter((line) => lines.has(line))
    .join('\n');
}

/**
 * Joins the parts of a file. An entity without a block is not written; one without frontmatter gets default
 * frontmatter.
 */
function joinFile(path: string, parts: readonly string[], branch: string | undefined): string | undefined {
  const text = joinParts(parts);
  if (path.startsWith(TIMELINE)) return text.trim() === '' ? branch : text;
  return parseEntity(text).blocks.length === 0 ? branch : withFrontmatter(path, text);
}
