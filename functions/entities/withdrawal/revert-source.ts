import type { Transaction } from '../../platform/database/database.ts';
import { writeCommit } from '../branch/write-commit.ts';
import { diffBlocks } from '../files/diff-blocks.ts';
import { isEntityPath } from '../files/ontology.ts';
import { findFirstCommitOf, findRevert } from '../sql/branch-history.ts';
import { claimRepository, findHead, findRepository } from '../sql/memory-repository.ts';
import { listSessionTurns } from '../sql/session-turn.ts';
import { updateJobFaults } from '../sql/source-session.ts';
import { saidIn } from './borrowed-words.ts';
import type { SourceReach } from './in-source-repositories.ts';
import { NewFiles } from './new-files.ts';
import { isMerged, type Past, readPast } from './past.ts';
import type { RevertedEntities } from './reverted-entities.ts';
import { settleStaged, stagedSince } from './settle-staged.ts';
import type { Withdrawn } from './withdrawn.ts';
import { type SourceSessions, withoutSource } from './without-source.ts';

/**
 * Takes a source back from a person's files by one commit on top of the branch: they are then as if its sessions had never been; the history before stays. What
 * was staged of it is dropped, and what was proposed from it is proposed anew. Without `applies` it only tells. A source that was taken back is told as nothing.
 */
export async function revertSource(
  transaction: Transaction,
  reach: SourceReach,
  applies: boolean,
): Promise<RevertedEntities> {
  const repository = await (applies ? claimRepository(transaction) : findRepository(transaction));
  const head = repository && (await findHead(transaction, repository.branch));
  const source = sourceSessions(transaction, reach);
  const undone = head && (await undo(transaction, reach, source));
  const {
    writes = new Map<string, string | undefined>(),
    changes = [],
    withdrawn = [],
    staged = [],
    files,
  } = undone ?? {};
  const told: RevertedEntities = { commit_id: null, changes, withdrawn, dropped: [], restaged: [] };
  if (!applies || repository === undefined) return told;
  if (head !== undefined && writes.size > 0) {
    const message = `Revert source ${reach.sourceId.replaceAll(/\s+/g, ' ').slice(0, 200)}`;
    const plan = { owner: reach.owner, repository, head, writes, message };
    const committed = await writeCommit(transaction, { ...plan, revertedSource: reach.sourceId });
    told.commit_id = committed?.id ?? null;
    await updateJobFaults(transaction, withdrawn.flatMap(noteOf));
  }
  const { dropped, restaged } = await settleStaged(transaction, reach, { staged, files, source });
  return { ...told, dropped, restaged };
}

/** What is to be known of a source's sessions and of later ones while the branch is walked. */
export function sourceSessions(
  transaction: Pick<Transaction, 'query'>,
  { own, influenced }: Pick<SourceReach, 'own' | 'influenced'>,
): SourceSessions {
  return {
    own: new Set(own),
    influenced: new Set(influenced),
    said: async (sessionId) => {
      const turns = await listSessionTurns(transaction, sessionId);
      return saidIn(turns.flatMap(({ speaker, text, caption = '' }) => [speaker, text, caption]));
    },
  };
}

async function undo(transaction: Transaction, { own, influenced, sourceId }: SourceReach, source: SourceSessions) {
  const sessions = [...own, ...influenced];
  const first = await findFirstCommitOf(transaction, sessions);
  if (first === undefined || (await findRevert(transaction, sourceId, sessions))) return undefined;
  const staged = await stagedSince(transaction, first);
  const past = await readPast(
    transaction,
    first,
    staged.flatMap(({ session }) => [...session.shown]),
  );
  const files = new NewFiles(past);
  const withdrawn: Withdrawn[] = [];
  for await (const remade of withoutSource(past, source, files)) withdrawn.push(...remade.withdrawn);
  return { staged, files, withdrawn, ...differences(past, files) };
}

/** What the newest commit has to change to be the branch without the source. */
function differences(past: Past, files: NewFiles) {
  const last = past.commits.at(-1)?.position ?? 0;
  const writes = new Map<string, string | undefined>();
  for (const path of new Set([...files.blobsBefore.keys(), ...files.blobs.keys()])) {
    if (files.blobsBefore.get(path) === files.blobs.get(path)) continue;
    if (isMerged(path)) writes.set(path, files.at(last, path)?.text);
    else if (!files.blobs.has(path)) writes.set(path, undefined);
  }
  const changes = [...writes.keys()].filter(isEntityPath).map((path) => {
    const [before, after] = [files.was(last, path)?.text, files.at(last, path)?.text];
    const kind =
      before === undefined ? ('created' as const) : after === undefined ? ('removed' as const) : ('changed' as const);
    return { path, kind, blocks: diffBlocks(before, after) };
  });
  return { writes, changes };
}

function noteOf({ session_id: sessionId, path, block, op, why }: Withdrawn): { sessionId: string; note: string }[] {
  const place = block === null ? path : `${path}#${block}`;
  return sessionId === null
    ? []
    : [{ sessionId, note: `withdrawn with a source it was derived from: ${op} of ${place} (${why})` }];
}
