import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from '../../platform/database/database.ts';
import { archivePath } from '../files/archive.ts';
import type { Edit } from '../files/edit.ts';
import { isIndexPath } from '../files/entity-index.ts';
import { PROFILE } from '../files/ontology.ts';
import { addToTimeline, type FileChange, timelineEntry, timelinePath } from '../files/timeline.ts';
import { listStagedFrom, type StagedRow } from '../sql/branch-history.ts';
import { listSessionTurns } from '../sql/memory-session.ts';
import { cherryPick } from './cherry-pick.ts';
import { addedText, hasCopiedWords, wordsIn } from './copied-words.ts';
import { FilesWithoutSource } from './files-without-source.ts';
import {
  type HistorySlice,
  isMergeable,
  type OriginalCommit,
  type OriginalSession,
  originalSession,
  readHistorySlice,
  textVersion,
  type Version,
} from './history-slice.ts';
import { type Refusal, replayEdits } from './replay-edits.ts';
import type { SourceSessions } from './source-repositories.ts';
import type { Withdrawn, WithdrawnChange } from './withdrawal-report.ts';

/** A replay of the branch without a source: the original history, and the files as they would be. */
export interface Replay {
  transaction: Transaction;
  source: SourceSessions;
  slice: HistorySlice;
  files: FilesWithoutSource;
  /** Change sets that are staged on a commit of the slice. */
  staged: { row: StagedRow; session: OriginalSession }[];
}

/** An original commit, and what it does without the source. */
export interface ReplayedCommit {
  original: OriginalCommit;
  /** Whether a session of the source made it: then it changes nothing. */
  isOwn: boolean;
  /** The files that differ from the commit before; index entries are left out. */
  writes: Map<string, Version | undefined>;
  /** What its session changes in entity files, in the order of its edits. */
  changes: FileChange[];
  /** The remaining edits of its session; undefined when they are the original ones. */
  edits: Edit[] | undefined;
  withdrawn: Withdrawn[];
}

/** Reads everything that a replay from the position `first` on needs. */
export async function openReplay(transaction: Transaction, source: SourceSessions, first: number): Promise<Replay> {
  const staged = (await listStagedFrom(transaction, first)).flatMap((row) => {
    const session = originalSession(row);
    return session === undefined ? [] : [{ row, session }];
  });
  const shown = staged.flatMap(({ session }) => [...session.shown]);
  const slice = await readHistorySlice(transaction, first, shown);
  return { transaction, source, slice, files: new FilesWithoutSource(slice), staged };
}

/**
 * Replays the branch, commit by commit, as if the sessions of the source had never existed. A commit of the source
 * changes nothing. The recorded edits of a later session are applied again. A commit that no session made is
 * cherry-picked. A change that cannot be applied, or that contains words of removed text, was derived from the source:
 * it is left out and reported. A file that the source never touched, directly or through another file, keeps every
 * version to the byte.
 * @param archives new texts of archives, by session
 */
export async function* replayCommits(
  replay: Replay,
  archives: ReadonlyMap<string, string> = new Map(),
): AsyncGenerator<ReplayedCommit> {
  const { slice, source, files } = replay;
  for (const original of slice.commits) {
    const { position, session, session_id: sessionId } = original;
    const isOwn = sessionId !== null && source.own.includes(sessionId);
    const result = isOwn
      ? NO_CHANGES
      : session
        ? await replaySession(original, session, replay, archives.get(session.sessionId))
        : { ...NO_CHANGES, ...cherryPick(original, files) };
    const writes: ReplayedCommit['writes'] = new Map();
    for (const [path, version] of result.files) if (files.write(position, path, version)) writes.set(path, version);
    files.endCommit(original, writes.keys());
    const withdrawn = result.withdrawn.map((each) => ({ ...each, commit_id: original.id, session_id: sessionId }));
    yield { original, isOwn, writes, changes: result.changes, edits: result.edits, withdrawn };
  }
}

interface SessionResult {
  changes: FileChange[];
  edits: Edit[] | undefined;
  withdrawn: WithdrawnChange[];
}

const NO_CHANGES: SessionResult & { files: Map<string, Version | undefined> } = {
  files: new Map(),
  changes: [],
  edits: undefined,
  withdrawn: [],
};

/** Replays the commit of a session: entity files, timeline entry, archive. */
async function replaySession(
  { position, changes: originalChanges }: OriginalCommit,
  session: OriginalSession,
  replay: Replay,
  archive: string | undefined,
): Promise<SessionResult & { files: Map<string, Version | undefined> }> {
  const { files } = replay;
  const { sessionId, day } = session;
  const { isChanged, ...result } = replaySessionEdits(position, session, files, await refusalOf(session, replay));
  const written = new Map<string, Version | undefined>(
    result.changes.map(({ path, after }) => [path, textVersion(after)]),
  );
  const timeline = timelinePath(day);
  if (files.isUnaffected(position - 1, timeline) && !isChanged)
    written.set(timeline, files.original(position, timeline));
  else {
    const entry = timelineEntry({ id: sessionId, day }, result.changes);
    written.set(timeline, textVersion(addToTimeline(files.at(position - 1, timeline)?.text, entry, day.slice(0, 7))));
  }
  for (const [path, blobId] of originalChanges) {
    if (isMergeable(path) || isIndexPath(path)) continue;
    const isNewArchive = archive !== undefined && path === archivePath(sessionId, day);
    if (isNewArchive) written.set(path, textVersion(archive));
    else written.set(path, blobId === undefined ? undefined : { blobId });
  }
  return { ...result, files: written };
}

/** Reuses the recorded results for unaffected files, and replays the edits of the others. */
function replaySessionEdits(
  position: number,
  session: OriginalSession,
  files: FilesWithoutSource,
  refuse: Refusal,
): SessionResult & { isChanged: boolean } {
  const { basePosition } = session;
  const replayBase = {
    original: (path: string) => files.original(basePosition, path)?.text,
    base: (path: string) => files.at(basePosition, path)?.text,
    branch: (path: string) => files.at(position - 1, path)?.text,
    refuse,
  };
  const changes: FileChange[] = [];
  const remaining: Edit[] = [];
  const withdrawn: WithdrawnChange[] = [];
  let isChanged = false;
  for (const path of new Set(session.edits.map((edit) => edit.path))) {
    const edits = session.edits.filter((edit) => edit.path === path);
    const isReusable =
      files.isUnaffected(basePosition, path) &&
      files.isUnaffected(position - 1, path) &&
      edits.every((edit) => refuse(edit) === undefined);
    if (isReusable) {
      remaining.push(...edits);
      changes.push({ path, before: replayBase.branch(path), after: files.original(position, path)?.text });
      continue;
    }
    const replayed = replayEdits(edits, replayBase);
    isChanged = true;
    remaining.push(...replayed.edits);
    changes.push(...replayed.changes);
    withdrawn.push(...replayed.withdrawn);
  }
  const edits = isDeepStrictEqual(remaining, session.edits) ? undefined : remaining;
  return { changes, edits, withdrawn, isChanged };
}

const NO_WORDS: ReadonlySet<string> = new Set();

/** Returns which edits of a session must not be replayed, whatever the files are. */
export async function refusalOf(session: OriginalSession, { transaction, source, files }: Replay): Promise<Refusal> {
  const isByRules = session.proposer === 'rules';
  if (source.influenced.includes(session.sessionId)) {
    // The rules copy the user's own words from the task of a run, only into the profile. They are not derived from the
    // source.
    return ({ path }) => (isByRules && path === PROFILE ? undefined : 'run_was_influenced');
  }
  // Rules quote the session itself. They are not shown any file.
  if (isByRules) return () => undefined;
  const removed = files.removedWords(session.basePosition, session.shown);
  const isSuspect = session.edits.some((edit) => hasCopiedWords(addedText(edit), removed, NO_WORDS));
  if (!isSuspect) return () => undefined;
  const turns = await listSessionTurns(transaction, session.sessionId);
  const own = wordsIn(turns.flatMap(({ speaker, text, caption = '' }) => [speaker, text, caption]));
  return (edit) => (hasCopiedWords(addedText(edit), removed, own) ? 'says_what_is_gone' : undefined);
}
