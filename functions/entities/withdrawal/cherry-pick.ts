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
 * Applies a commit without recorded edits to the replayed files, as `git cherry-pick` would: a consolidation, a sync,
 * an undo, a rebuilt index, a revert, or a session whose change set was deleted. Its diff is applied part by part:
 * blocks of an entity, entries of the timeline. Any other file is copied as a whole, without a check of its words; it
 * is skipped if the replayed file differs.
 */
export function cherryPick(
  commit: OriginalCommit,
  files: FilesWithoutSource,
): { files: Map<string, Version | undefined>; withdrawn: WithdrawnChange[] } {
  const before = commit.position - 1;
  const isRefused = createPartCheck(commit, files);
  const refused = new Set(
    [...commit.blobIds.keys()].filter(isMergeable).flatMap((path) => {
      const after = partsAt(path, files.original(commit.position, path)?.text);
      return [...after.values()].filter((part) => isRefused(path, part)).map((part) => part.trim());
    }),
  );
  const written = new Map<string, Version | undefined>();
  const withdrawn: WithdrawnChange[] = [];
  for (const [path, blobId] of commit.blobIds) {
    if (isIndexPath(path)) continue;
    if (!isMergeable(path)) {
      if (blobId === undefined || files.isSameAt(before, path))
        written.set(path, blobId === undefined ? undefined : { blobId });
      continue;
    }
    const picked = cherryPickFile({
      path,
      before: files.original(before, path)?.text,
      after: files.original(commit.position, path)?.text,
      target: files.at(before, path)?.text,
      isRefused: (part) => isRefused(path, part),
      isRefusedMove: (part) => refused.has(part.trim()),
    });
    written.set(path, textVersion(picked.text));
    if (isEntityPath(path)) withdrawn.push(...picked.withdrawn);
  }
  return { files: written, withdrawn };
}

/**
 * Returns a check that is true for a part that the commit must not write: any part of a file that exists only because
 * of the source, and a part with words that occurred only in removed text. Words of the replayed files that the commit
 * changes are allowed, because it can have moved them from one of these files to another.
 */
function createPartCheck(
  { position, blobIds }: OriginalCommit,
  files: FilesWithoutSource,
): (path: string, part: string) => boolean {
  const before = position - 1;
  const removed = files.removedWords(before);
  if (removed.size === 0) return () => false;
  const found = [...blobIds.keys()].filter(isMergeable).flatMap((path) => {
    const text = files.at(before, path)?.text;
    return text === undefined ? [] : [path, text];
  });
  const own = wordsIn(found);
  return (path, part) => {
    if (part.trim() === '') return false;
    if (!isEntityPath(path)) return hasCopiedWords(part, removed, own);
    const isFileOfSource = files.original(before, path) !== undefined && files.at(before, path) === undefined;
    return isFileOfSource || hasCopiedWords(`${path}\n${part}`, removed, own);
  };
}

export interface FileToPick {
  path: string;
  /** The original file before and after the commit. */
  before: string | undefined;
  after: string | undefined;
  /** The replayed file before the commit: the change is applied to it. */
  target: string | undefined;
  /** Tells whether the commit must not write this part. */
  isRefused: (part: string) => boolean;
  /** Tells whether the commit wrote a part with the same text in one of its files, and this is refused. */
  isRefusedMove: (part: string) => boolean;
}

/**
 * Applies the change of one file to the replayed file. When the commit and the removal of the source both changed a
 * part, the replayed part stays and the change is withdrawn. A part that the commit deleted is deleted, unless the
 * commit moved it and the move is refused: then the part stays. Returns no text when the file does not exist
 * afterwards.
 */
export function cherryPickFile(file: FileToPick): { text: string | undefined; withdrawn: WithdrawnChange[] } {
  const { path, before, after, target } = file;
  const [ofBefore, ofAfter, ofTarget] = [partsAt(path, before), partsAt(path, after), partsAt(path, target)];
  const withdrawn: WithdrawnChange[] = [];
  const parts: string[] = [];
  let isClean = target === before;
  for (const key of new Set([...ofTarget.keys(), ...ofAfter.keys()])) {
    const part = { before: ofBefore.get(key), after: ofAfter.get(key), target: ofTarget.get(key) };
    const picked = cherryPickPart(part, file);
    if (picked.text !== undefined) parts.push(picked.text);
    if (picked.isKept || picked.why !== undefined) isClean = false;
    if (picked.why !== undefined)
      withdrawn.push({ path, block: key === '' ? null : key, op: 'merge', why: picked.why });
  }
  if (after === undefined && parts.every((part) => part.trim() === '')) return { text: undefined, withdrawn };
  // When every part is taken over, the result is the commit's own text, so its order of parts is kept.
  return { text: isClean ? after : joinFile(path, parts, target), withdrawn };
}

interface PickedPart {
  text: string | undefined;
  why?: WithdrawnChange['why'];
  /** The commit deleted the part, but it stays. */
  isKept?: boolean;
}

function cherryPickPart(
  { before, after, target }: Record<'before' | 'after' | 'target', string | undefined>,
  { path, isRefused, isRefusedMove }: FileToPick,
): PickedPart {
  if (isSamePart(after, before)) return { text: target };
  if (after === undefined)
    return target !== undefined && isRefusedMove(target) ? { text: target, isKept: true } : { text: undefined };
  const isTimeline = path.startsWith(TIMELINE);
  if (isRefused(after)) return { text: isTimeline ? allowedLines(after, isRefused) : target, why: 'says_what_is_gone' };
  if (isSamePart(target, before) || isSamePart(target, after)) return { text: after };
  if (isTimeline && target !== undefined) return { text: commonLines(target, after) };
  return { text: target, why: 'conflict' };
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
 * Joins the parts of a file. Without any block or entry, returns the replayed file as it is. An entity without
 * frontmatter gets default frontmatter.
 */
function joinFile(path: string, parts: readonly string[], target: string | undefined): string | undefined {
  const text = joinParts(parts);
  if (path.startsWith(TIMELINE)) return text.trim() === '' ? target : text;
  return parseEntity(text).blocks.length === 0 ? target : withFrontmatter(path, text);
}
