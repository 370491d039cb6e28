import { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import type { ChangeSet } from '../branch/apply-change-set.ts';
import { textsAt } from '../branch/read-branch.ts';
import { Edit } from '../files/edit.ts';
import { isIndexPath } from '../files/entity-index.ts';
import { isEntityPath } from '../files/ontology.ts';
import { TIMELINE } from '../files/timeline.ts';
import { blobOf, type FileMode, PLAIN } from '../git/object.ts';
import { type CommitRow, listChangesBetween, listCommitsFrom } from '../sql/branch-history.ts';
import { findCommit } from '../sql/memory-commit.ts';
import { listFiles } from '../sql/memory-object.ts';
import type { HeadRow } from '../sql/memory-repository.ts';

/** A session with its recorded change set. */
export interface OriginalSession extends Pick<ChangeSet, 'sessionId' | 'proposer' | 'edits' | 'day'> {
  /** The position of the commit that the edits were proposed on; 0 means before the first commit. */
  basePosition: number;
  /** The files that the model was shown, and the files that the edits change. */
  shown: Set<string>;
}

export interface OriginalCommit extends CommitRow {
  /** Undefined for a commit that no session made, and for a session whose change set was deleted. */
  session: OriginalSession | undefined;
  /** The blob id of each file that the commit changed, by path; undefined when it removed the file. */
  blobIds: Map<string, string | undefined>;
}

/** A version of a file. The text is known for mergeable files. */
export interface Version {
  blobId: string;
  text?: string;
}

/** Returns the version of a new text; undefined for a file that is removed. */
export function textVersion(text: string | undefined): Version | undefined {
  return text === undefined ? undefined : { blobId: blobOf(text).id, text };
}

/** The versions of files by the position of the commit that wrote them. */
export class FileVersions {
  readonly #versions = new Map<string, { position: number; version: Version | undefined }[]>();

  /** Adds a version; undefined means that the file is removed. Call it in order of positions. */
  add(position: number, path: string, version: Version | undefined): void {
    const all = this.#versions.get(path);
    if (all === undefined) this.#versions.set(path, [{ position, version }]);
    else all.push({ position, version });
  }

  has(path: string): boolean {
    return this.#versions.has(path);
  }

  /** Returns the file as of the commit at a position. */
  at(position: number, path: string): Version | undefined {
    return this.#versions.get(path)?.findLast((known) => known.position <= position)?.version;
  }
}

/** The commits of a branch from one position to the head, with everything that a replay needs. */
export interface HistorySlice {
  first: number;
  /** The commit before the first one. */
  parent: HeadRow | undefined;
  /** Blob ids at the parent. */
  files: Map<string, string>;
  /** File modes that are not the default. Only a sync with a linked repository writes such files. */
  modes: Map<string, FileMode>;
  commits: OriginalCommit[];
  /**
   * The original versions of all files that a commit changed or a session was shown. They begin at the oldest commit
   * that a session was proposed on. Index entries are left out.
   */
  versions: FileVersions;
}

/**
 * Tells whether a file is merged part by part: blocks of an entity, entries of the timeline. Every other file is
 * replaced as a whole.
 */
export function isMergeable(path: string): boolean {
  return isEntityPath(path) || (path.startsWith(TIMELINE) && path.endsWith('.md'));
}

/** The number of commits whose changes one query reads. */
const PAGE = 200;

/**
 * Reads the branch from a position on.
 * @param shown more files to read: staged sessions were shown them, and no commit of the slice may have changed them
 */
export async function readHistorySlice(
  queryable: Pick<Queryable, 'query'>,
  first: number,
  shown: readonly string[] = [],
): Promise<HistorySlice> {
  const commits = (await listCommitsFrom(queryable, first)).map(
    (row): OriginalCommit => ({ ...row, session: originalSession(row), blobIds: new Map() }),
  );
  const parent = first > 1 ? await findCommit(queryable, { position: first - 1 }) : undefined;
  const oldest = Math.min(first - 1, ...commits.flatMap(({ session }) => session?.basePosition ?? []));
  const last = commits.at(-1)?.position ?? 0;
  const byPosition = new Map(commits.map((commit) => [commit.position, commit]));
  const changed: { position: number; path: string; version: Version | undefined }[] = [];
  for (let from = oldest + 1; from <= last; from += PAGE) {
    for (const row of await listChangesBetween(queryable, from, Math.min(last, from + PAGE - 1))) {
      const { position, path, after_id: blobId, text } = row;
      byPosition.get(position)?.blobIds.set(path, blobId ?? undefined);
      if (!isIndexPath(path)) changed.push({ position, path, version: versionOf(path, blobId, text) });
    }
  }
  const versions = new FileVersions();
  const shownByCommits = commits.flatMap(({ session }) => [...(session?.shown ?? [])]);
  const paths = new Set([...shown, ...shownByCommits, ...changed.map(({ path }) => path)]);
  for (const [path, version] of await versionsAt(queryable, oldest, [...paths])) versions.add(oldest, path, version);
  for (const { position, path, version } of changed) versions.add(position, path, version);

  const files = parent === undefined ? [] : await listFiles(queryable, parent.tree_id);
  const special = files.filter(isSpecial);
  for (const commit of commits)
    if (commit.remote_commit !== null) special.push(...(await listFiles(queryable, commit.tree_id)).filter(isSpecial));
  return {
    first,
    parent,
    files: new Map(files.map(({ path, blob_id: id }) => [path, id])),
    modes: new Map(special.map(({ path, mode }) => [path, mode])),
    commits,
    versions,
  };
}

const isSpecial = ({ mode }: { mode: FileMode }) => mode !== PLAIN;

async function versionsAt(
  queryable: Pick<Queryable, 'query'>,
  position: number,
  paths: readonly string[],
): Promise<[string, Version | undefined][]> {
  const commit = position < 1 ? undefined : await findCommit(queryable, { position });
  if (commit === undefined) return [];
  const ids = new Map((await listFiles(queryable, commit.tree_id)).map((row) => [row.path, row.blob_id]));
  const texts = await textsAt(queryable, commit.tree_id, paths.filter(isMergeable));
  return paths.map((path) => [path, versionOf(path, ids.get(path) ?? null, texts.get(path) ?? null)]);
}

/** A file that is mergeable by its path, but is not text, counts as empty. */
function versionOf(path: string, blobId: string | null, text: string | null): Version | undefined {
  if (blobId === null) return undefined;
  return isMergeable(path) ? { blobId, text: text ?? '' } : { blobId };
}

/** Returns the session of a row; undefined when no session made the commit, or its change set was deleted. */
export function originalSession(
  row: Pick<CommitRow, 'session_id' | 'base_position' | 'proposer' | 'edits' | 'shown' | 'session_day'>,
): OriginalSession | undefined {
  const { session_id: sessionId, proposer, session_day: day } = row;
  if (sessionId === null || proposer === null || day === null) return undefined;
  const edits = z.array(Edit).parse(row.edits);
  const shown = new Set([...(row.shown ?? []), ...edits.map(({ path }) => path)]);
  return { sessionId, basePosition: row.base_position ?? 0, proposer, edits, shown, day };
}
