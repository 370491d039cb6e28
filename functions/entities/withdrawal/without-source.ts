import { isDeepStrictEqual } from 'node:util';
import type { Edit } from '../files/edit.ts';
import { isIndexPath } from '../files/entity-index.ts';
import { isEntityPath, PROFILE } from '../files/ontology.ts';
import { addToTimeline, type FileChange, timelineEntry, timelinePath } from '../files/timeline.ts';
import { blobOf } from '../git/object.ts';
import { archivePath } from '../ingest/transcript.ts';
import { borrows, saidIn } from './borrowed-words.ts';
import { carryFile, partsAt } from './carry-over.ts';
import type { Version } from './file-versions.ts';
import { saidByEdit } from './foreign-words.ts';
import type { NewFiles } from './new-files.ts';
import { isMerged, type Past, type PastCommit, type PastSession } from './past.ts';
import { replayEdits } from './replay-edits.ts';
import type { Withdrawn, WithdrawnChange } from './withdrawn.ts';

/** Through which sessions a source reached the files, and what is to be known of others. */
export interface SourceSessions {
  own: ReadonlySet<string>;
  /** Runs that were under its influence: their archive stays, and what was made of it goes. */
  influenced: ReadonlySet<string>;
  /** Small letters of the words that were said in a session itself. */
  said: (sessionId: string) => Promise<ReadonlySet<string>>;
  /** Texts of archives that are to be other than they were, by session. */
  archives?: ReadonlyMap<string, string>;
}

/** A commit as it is without the source. */
export interface RemadeCommit {
  was: PastCommit;
  isOwn: boolean;
  /** What it changes against the commit before, but for the index; undefined removes a file. A blob without a text is there already. */
  writes: Map<string, { blobId: string; text?: string } | undefined>;
  /** What its session changes in entity files, in its order. */
  changes: FileChange[];
  /** The edits of its session that are left, where they are not what they were. */
  edits: Edit[] | undefined;
  withdrawn: Withdrawn[];
}

/**
 * The branch as if the sessions of a source had never been, commit by commit from the first of them on. Their own commits change nothing any more. Every later
 * session is applied again on what there is then: its edits are on record. What no session made (an index that was rebuilt, files that were brought together,
 * a sync) is done again part by part. What cannot be, or says what only the source said, was derived from it: it is left out and told.
 *
 * A file that the source never touched, directly or through others, keeps every version to the byte.
 * @param files takes the files in, so that they can be read afterwards
 */
export async function* withoutSource(
  past: Past,
  source: SourceSessions,
  files: NewFiles,
): AsyncGenerator<RemadeCommit> {
  for (const was of past.commits) {
    const { sessionId = '' } = was;
    const isOwn = source.own.has(sessionId);
    const writes: RemadeCommit['writes'] = new Map();
    const made = isOwn
      ? NOTHING
      : was.session
        ? await applyAgain(was, was.session, source, files)
        : carryOver(was, files);
    for (const [path, version] of made.files) if (files.put(was.position, path, version)) writes.set(path, version);
    files.keepUp(was, writes.keys());
    const told = made.withdrawn.map((each) => ({ ...each, commit_id: was.id, session_id: was.sessionId ?? null }));
    yield { was, isOwn, writes, changes: made.changes, edits: made.edits, withdrawn: told };
  }
}

interface Edited {
  changes: FileChange[];
  edits: Edit[] | undefined;
  withdrawn: WithdrawnChange[];
}

interface Made extends Edited {
  files: Map<string, { blobId: string; text?: string } | undefined>;
}

const NOTHING: Made = { files: new Map(), changes: [], edits: undefined, withdrawn: [] };

async function applyAgain(
  { position, changes: changed }: PastCommit,
  session: PastSession,
  source: SourceSessions,
  files: NewFiles,
): Promise<Made> {
  const { sessionId, day } = session;
  const refuse = await refusalOf(session, source, files);
  const { isTouched, changes, edits, withdrawn } = editAgain(position, session, files, refuse);
  const made: Made['files'] = new Map(changes.map(({ path, after }) => [path, versionOf(after)]));
  const timeline = timelinePath(day);
  const isAsItWas = files.isAsItWas(position - 1, timeline) && !isTouched;
  const entry = timelineEntry({ id: sessionId, day }, changes);
  const text = addToTimeline(files.at(position - 1, timeline)?.text, entry, day.slice(0, 7));
  made.set(timeline, isAsItWas ? files.was(position, timeline) : versionOf(text));
  const archive = source.archives?.get(sessionId);
  for (const [path, blobId] of changed) {
    if (isMerged(path) || isIndexPath(path)) continue;
    const isArchive = archive !== undefined && path === archivePath(sessionId, day);
    made.set(path, isArchive ? versionOf(archive) : blobId === undefined ? undefined : { blobId });
  }
  return { files: made, changes, edits, withdrawn };
}

/** Edits of files that are what they were do what they did; only the others are made again. */
function editAgain(
  position: number,
  session: PastSession,
  files: NewFiles,
  refuse: Refusal,
): Edited & { isTouched: boolean } {
  const ground = {
    was: (path: string) => files.was(session.basePosition, path)?.text,
    base: (path: string) => files.at(session.basePosition, path)?.text,
    branch: (path: string) => files.at(position - 1, path)?.text,
    refuse,
  };
  const done: Edited & { edits: Edit[]; isTouched: boolean } = {
    changes: [],
    edits: [],
    withdrawn: [],
    isTouched: false,
  };
  for (const path of new Set(session.edits.map((edit) => edit.path))) {
    const edits = session.edits.filter((edit) => edit.path === path);
    const isSound =
      files.isAsItWas(session.basePosition, path) &&
      files.isAsItWas(position - 1, path) &&
      edits.every((edit) => refuse(edit) === undefined);
    if (isSound) {
      done.edits.push(...edits);
      done.changes.push({ path, before: ground.branch(path), after: files.was(position, path)?.text });
      continue;
    }
    const again = replayEdits(edits, ground);
    done.isTouched = true;
    done.edits.push(...again.edits);
    done.changes.push(...again.changes);
    done.withdrawn.push(...again.withdrawn);
  }
  return isDeepStrictEqual(done.edits, session.edits) ? { ...done, edits: undefined } : done;
}

type Refusal = (edit: Edit) => WithdrawnChange['why'] | undefined;

/** Why an edit of a session is not to be made any more, whatever the files are. */
export async function refusalOf(
  session: PastSession,
  source: Pick<SourceSessions, 'influenced' | 'said'>,
  files: NewFiles,
): Promise<Refusal> {
  if (source.influenced.has(session.sessionId)) {
    // What a person said in the task of a run is his own word; the rules keep it word for word, in his profile alone.
    const isOwnWord = ({ path }: Edit) => session.proposer === 'rules' && path === PROFILE;
    return (edit) => (isOwnWord(edit) ? undefined : 'run_was_influenced');
  }
  if (session.proposer === 'rules') return () => undefined;
  const foreign = files.foreignWords(session.basePosition, session.shown);
  const isSuspect = session.edits.some((edit) => borrows(saidByEdit(edit), foreign, NOBODY));
  const own = isSuspect ? await source.said(session.sessionId) : NOBODY;
  return (edit) => (borrows(saidByEdit(edit), foreign, own) ? 'says_what_is_gone' : undefined);
}

const NOBODY: ReadonlySet<string> = new Set();

function carryOver(was: PastCommit, files: NewFiles): Made {
  const { position, changes } = was;
  const refuses = refusalAt(was, files);
  const refused = partsRefused(was, files, refuses);
  const isHeld = (part: string) => refused.has(part.trim());
  const made: Made = { files: new Map(), changes: [], edits: undefined, withdrawn: [] };
  for (const [path, blobId] of changes) {
    if (isIndexPath(path)) continue;
    if (!isMerged(path)) {
      if (files.isAsItWas(position - 1, path)) made.files.set(path, blobId === undefined ? undefined : { blobId });
      else if (blobId === undefined) made.files.set(path, undefined);
      continue;
    }
    const [before, after] = [files.was(position - 1, path)?.text, files.was(position, path)?.text];
    const branch = files.at(position - 1, path)?.text;
    const { text, withdrawn } = carryFile({ path, before, after, branch, refuses: refuses(path), isHeld });
    made.files.set(path, versionOf(text));
    if (isEntityPath(path)) made.withdrawn.push(...withdrawn);
  }
  return made;
}

type RefusalAt = (path: string) => (text: string) => boolean;

/**
 * What a commit without a session may not bring into a file: anything into one that only the source made, and what says what only the source said. What the commit
 * found in the files that it changed, and what stands there without the source, too, it has from there: it may only have moved it.
 */
function refusalAt({ position, changes }: PastCommit, files: NewFiles): RefusalAt {
  const foreign = files.foreignWords(position - 1);
  if (foreign.size === 0) return () => () => false;
  const found = [...changes.keys()].filter(isMerged).flatMap((path) => {
    const text = files.at(position - 1, path)?.text;
    return text === undefined ? [] : [path, text];
  });
  const own = saidIn(found);
  return (path) => {
    const isGone =
      isEntityPath(path) && files.was(position - 1, path) !== undefined && files.at(position - 1, path) === undefined;
    const named = isEntityPath(path) ? `${path}\n` : '';
    return (text) => text.trim() !== '' && (isGone || borrows(named + text, foreign, own));
  };
}

/** The parts that the commit would bring and that are refused: where they came from they stay. */
function partsRefused({ position, changes }: PastCommit, files: NewFiles, refuses: RefusalAt): Set<string> {
  const refused = [...changes.keys()].filter(isMerged).flatMap((path) => {
    return [...partsAt(path, files.was(position, path)?.text).values()].filter(refuses(path));
  });
  return new Set(refused.map((part) => part.trim()));
}

function versionOf(text: string | undefined): Version | undefined {
  return text === undefined ? undefined : { blobId: blobOf(text).id, text };
}
