import { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import { textsAt } from '../branch/apply-change-set.ts';
import type { RemoteOrigin } from '../branch/record-commit.ts';
import { Edit } from '../files/edit.ts';
import { isEntityPath } from '../files/ontology.ts';
import { TIMELINE } from '../files/timeline.ts';
import { type FileMode, PLAIN } from '../git/object.ts';
import { listChangesBetween, listCommitsFrom, type PastCommitRow } from '../sql/branch-history.ts';
import { findCommit } from '../sql/memory-commit.ts';
import { listFiles } from '../sql/memory-object.ts';
import type { HeadRow } from '../sql/memory-repository.ts';
import { FileVersions, type Version } from './file-versions.ts';

/** What a session wanted, as it is on record. */
export interface PastSession {
  sessionId: string;
  /** The position of the commit that it was made on; 0 before the first. */
  basePosition: number;
  proposer: 'model' | 'rules';
  edits: Edit[];
  /** The files that its model was shown. Those that it edited were, in any case. */
  shown: Set<string>;
  day: string;
}

export interface PastCommit {
  id: string;
  position: number;
  treeId: string;
  message: string;
  at: string;
  sessionId: string | undefined;
  revertedSource: string | undefined;
  remote: RemoteOrigin | undefined;
  /** Undefined for a commit that no session made, and for a session whose change set is not there any more. */
  session: PastSession | undefined;
  /** Blob ids by path; undefined for a file that it removed. */
  changes: Map<string, string | undefined>;
}

/** A stretch of the branch, from one commit to its newest, with everything that is needed to make it anew. */
export interface Past {
  first: number;
  parent: HeadRow | undefined;
  /** Blob ids at the parent. */
  files: Map<string, string>;
  /** Of the files that are not plain ones; only a sync brings any. */
  modes: Map<string, FileMode>;
  commits: PastCommit[];
  /** The files that are merged by their parts, as they were, back to the oldest base of the stretch. */
  versions: FileVersions;
}

/** Files that are merged by their parts; any other is one whole. */
export function isMerged(path: string): boolean {
  return isEntityPath(path) || (path.startsWith(TIMELINE) && path.endsWith('.md'));
}

const PAGE = 200;

/**
 * Reads the branch from a position on.
 * @param besides files that are looked at besides those that changed
 */
export async function readPast(
  queryable: Pick<Queryable, 'query'>,
  first: number,
  besides: Iterable<string> = [],
): Promise<Past> {
  const rows = await listCommitsFrom(queryable, first);
  const commits = rows.map(pastCommit);
  const parent = first > 1 ? await findCommit(queryable, { position: first - 1 }) : undefined;
  const oldest = Math.min(first - 1, ...commits.flatMap(({ session }) => session?.basePosition ?? []));
  const changed: { position: number; path: string; version: Version | undefined }[] = [];
  const last = commits.at(-1)?.position ?? 0;
  const byPosition = new Map(commits.map((commit) => [commit.position, commit]));
  for (let from = oldest + 1; from <= last; from += PAGE) {
    for (const row of await listChangesBetween(queryable, from, Math.min(last, from + PAGE - 1))) {
      byPosition.get(row.position)?.changes.set(row.path, row.after_id ?? undefined);
      if (!isMerged(row.path)) continue;
      const version = row.after_id === null ? undefined : { blobId: row.after_id, text: row.text ?? '' };
      changed.push({ position: row.position, path: row.path, version });
    }
  }
  const versions = new FileVersions();
  await readOldest(queryable, { oldest, versions, commits, paths: [...besides, ...changed.map(({ path }) => path)] });
  for (const { position, path, version } of changed) versions.put(position, path, version);
  const files = parent === undefined ? [] : await listFiles(queryable, parent.tree_id);
  const modes = new Map(files.filter(isSpecial).map(({ path, mode }) => [path, mode]));
  for (const { remote, treeId } of commits) {
    if (remote === undefined) continue;
    for (const { path, mode } of (await listFiles(queryable, treeId)).filter(isSpecial)) modes.set(path, mode);
  }
  return { first, parent, files: new Map(files.map(({ path, blob_id }) => [path, blob_id])), modes, commits, versions };
}

const isSpecial = ({ mode }: { mode: FileMode }) => mode !== PLAIN;

/** The files of the stretch as they stood before it. */
async function readOldest(
  queryable: Pick<Queryable, 'query'>,
  {
    oldest,
    versions,
    commits,
    paths,
  }: { oldest: number; versions: FileVersions; commits: PastCommit[]; paths: string[] },
): Promise<void> {
  const commit = oldest < 1 ? undefined : await findCommit(queryable, { position: oldest });
  if (commit === undefined) return;
  const wanted = commits.flatMap(({ session }) => [...(session?.shown ?? [])]);
  const merged = [...new Set([...wanted, ...paths])].filter(isMerged);
  const ids = new Map((await listFiles(queryable, commit.tree_id)).map((row) => [row.path, row.blob_id]));
  for (const [path, text] of await textsAt(queryable, commit.tree_id, merged)) {
    versions.put(oldest, path, { blobId: ids.get(path) ?? '', text });
  }
}

function pastCommit(row: PastCommitRow): PastCommit {
  return {
    id: row.id,
    position: row.position,
    treeId: row.tree_id,
    message: row.message,
    at: row.committed_at,
    sessionId: row.session_id ?? undefined,
    revertedSource: row.reverted_source ?? undefined,
    remote: row.remote_commit === null ? undefined : { commitId: row.remote_commit, authors: row.remote_authors },
    session: pastSession(row),
    changes: new Map(),
  };
}

/** Undefined for what is no session's, or not on record. */
export function pastSession(
  row: Pick<PastCommitRow, 'session_id' | 'base_position' | 'proposer' | 'edits' | 'shown' | 'session_day'>,
): PastSession | undefined {
  const { session_id: sessionId, proposer, session_day: day } = row;
  if (sessionId === null || proposer === null || day === null) return undefined;
  const edits = z.array(Edit).parse(row.edits);
  const shown = new Set([...(row.shown ?? []), ...edits.map(({ path }) => path)]);
  return { sessionId, basePosition: row.base_position ?? 0, proposer, edits, shown, day };
}
