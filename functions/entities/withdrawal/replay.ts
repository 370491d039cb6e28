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
import { type RefusalCheck, replayEdits } from './replay-edits.ts';
import { findSaidNames, type SaidName } from './said-names.ts';
import type { SourceSessions } from './source-repositories.ts';
import type { WithdrawnChange, WithdrawnFromCommit } from './withdrawal-report.ts';

/** The state of a replay: the original history, and the files as they would be without the source. */
export interface Replay {
  transaction: Transaction;
  source: SourceSessions;
  slice: HistorySlice;
  files: FilesWithoutSource;
  /** Change sets that are staged on a commit of the slice. */
  staged: { row: StagedRow; session: OriginalSession }[];
}

/** An original commit, and its effect without the source. */
export interface ReplayedCommit {
  original: OriginalCommit;
  /** Whether the source's own session made the commit. The replayed commit then changes nothing. */
  isOwn: boolean;
  /** The files that the replayed commit changes. Index entries are left out. */
  writes: Map<string, Version | undefined>;
  /** The changes of its session in entity files, in the order of the edits; empty for other commits. */
  changes: FileChange[];
  /** The edits of its session that remain; undefined when they are equal to the recorded edits. */
  edits: Edit[] | undefined;
  withdrawn: WithdrawnFromCommit[];
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
 * Replays the branch, commit by commit, as if the source's own session had never existed. A commit of the source
 * changes nothing. The recorded edits of a later session are applied again. A commit without recorded edits is
 * cherry-picked. A change that cannot be applied, or that contains words of removed text, counts as derived from the
 * source: it is left out and reported. The README of this folder has an example.
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

/** Replays the commit of a session: entity files, timeline entry and archive. */
async function replaySession(
  { position, blobIds }: OriginalCommit,
  session: OriginalSession,
  replay: Replay,
  archive: string | undefined,
): Promise<SessionResult & { files: Map<string, Version | undefined> }> {
  const { files } = replay;
  const { sessionId, day } = session;
  const { isChanged, ...result } = replaySessionEdits(position, session, files, {
    refusalReason: await createRefusalCheck(session, replay),
    saidName: await findSaidNames(session, replay),
  });
  const written = new Map<string, Version | undefined>(
    result.changes.map(({ path, after }) => [path, textVersion(after)]),
  );
  const timeline = timelinePath(day);
  if (files.isSameAt(position - 1, timeline) && !isChanged) written.set(timeline, files.original(position, timeline));
  else {
    const entry = timelineEntry({ id: sessionId, day }, result.changes);
    written.set(timeline, textVersion(addToTimeline(files.at(position - 1, timeline)?.text, entry, day.slice(0, 7))));
  }
  for (const [path, blobId] of blobIds) {
    if (isMergeable(path) || isIndexPath(path)) continue;
    const isNewArchive = archive !== undefined && path === archivePath(sessionId, day);
    if (isNewArchive) written.set(path, textVersion(archive));
    else written.set(path, blobId === undefined ? undefined : { blobId });
  }
  return { ...result, files: written };
}

/**
 * Replays the edits of a session, file by file. Reuses the recorded result when the file is equal to the original both
 * at the base of the session and just before its commit, and no edit of it is refused.
 */
function replaySessionEdits(
  position: number,
  session: OriginalSession,
  files: FilesWithoutSource,
  { refusalReason, saidName }: { refusalReason: RefusalCheck; saidName: SaidName },
): SessionResult & { isChanged: boolean } {
  const { basePosition } = session;
  const replayBase = {
    original: (path: string) => files.original(basePosition, path)?.text,
    base: (path: string) => files.at(basePosition, path)?.text,
    target: (path: string) => files.at(position - 1, path)?.text,
    refusalReason,
    saidName,
  };
  const changes: FileChange[] = [];
  const remaining: Edit[] = [];
  const withdrawn: WithdrawnChange[] = [];
  let isChanged = false;
  for (const path of new Set(session.edits.map((edit) => edit.path))) {
    const edits = session.edits.filter((edit) => edit.path === path);
    const isReusable =
      files.isSameAt(basePosition, path) &&
      files.isSameAt(position - 1, path) &&
      edits.every((edit) => refusalReason(edit) === undefined);
    if (isReusable) {
      remaining.push(...edits);
      changes.push({ path, before: replayBase.target(path), after: files.original(position, path)?.text });
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

/**
 * Returns a check for the edits of a session. An influenced run may write nothing, with one exception: edits of the
 * profile by the rules. An edit of another session is refused when it contains words that its model was shown only
 * because of the source, and that the session itself does not contain.
 */
export async function createRefusalCheck(
  session: OriginalSession,
  { transaction, source, files }: Replay,
): Promise<RefusalCheck> {
  const isByRules = session.proposer === 'rules';
  if (source.influenced.includes(session.sessionId)) {
    // The rules write to the profile only what the user said in the task of the run, so it is not derived from the
    // source. Their edits of other files quote the report of the run, which can contain words of the source.
    return ({ path }) => (isByRules && path === PROFILE ? undefined : 'run_was_influenced');
  }
  // The rules copy sentences of the session and read no entity file, so they cannot copy words of the source from one.
  if (isByRules) return () => undefined;
  const removed = files.removedWords(session.basePosition, session.shown);
  const isCopied = (edit: Edit, own: ReadonlySet<string>) =>
    hasCopiedWords(addedText(edit, files.at(session.basePosition, edit.path) !== undefined), removed, own);
  if (!session.edits.some((edit) => isCopied(edit, NO_WORDS))) return () => undefined;
  const turns = await listSessionTurns(transaction, session.sessionId);
  const said = turns.flatMap(({ speaker, text, caption = '' }) => [speaker, text, caption]);
  // File names have no accents, so `jose` comes from a session that says "José".
  const own = wordsIn([...said, ...said.map((text) => text.normalize('NFKD').replaceAll(/\p{M}/gu, ''))]);
  return (edit) => (isCopied(edit, own) ? 'says_what_is_gone' : undefined);
}
