import { z } from 'zod';
import { BlockChange } from '../files/diff-blocks.ts';

/** The answers of a revert and an erasure. */

/** The reasons to withdraw a change of a later commit. */
const WithdrawnWhy = z.enum(['text_gone', 'says_what_is_gone', 'run_was_influenced', 'conflict']).meta({
  description:
    'text_gone: the edit cannot be applied without the source, usually because the text that it replaces does not exist. says_what_is_gone: the change contains names, numbers or words that occurred only in removed text. run_was_influenced: the run had facts of the source in its context, or opened the page. conflict: it changed a block that is different without the source, and both versions cannot be merged',
});

/** A withdrawn change, with its commit: it was derived from the source and is removed together with it. */
export const WithdrawnFromCommit = z.strictObject({
  commit_id: z.string().nullable().meta({ description: 'The commit that made the change' }),
  session_id: z.string().nullable(),
  path: z.string(),
  block: z.string().nullable(),
  op: z
    .enum(['create', 'append', 'replace', 'merge'])
    .meta({ description: 'merge: a change of a commit that no session made' }),
  why: WithdrawnWhy,
});
export type WithdrawnFromCommit = z.infer<typeof WithdrawnFromCommit>;

/** A withdrawn change, where the commit is known from the context. */
export type WithdrawnChange = Omit<WithdrawnFromCommit, 'commit_id' | 'session_id'>;

/** The effect of a revert on the files of one user. */
export const RevertedEntities = z.strictObject({
  commit_id: z
    .string()
    .nullable()
    .meta({ description: 'The commit that reverts the source; null when no file changes, or for a dry run' }),
  changes: z
    .array(
      z.strictObject({
        path: z.string(),
        kind: z.enum(['created', 'changed', 'removed']),
        blocks: z.array(BlockChange),
      }),
    )
    .meta({ description: 'Entity files that differ without the source, with their blocks' }),
  withdrawn: z
    .array(WithdrawnFromCommit)
    .meta({ description: 'Changes of later commits that were derived from the source' }),
  dropped: z.array(z.string()).meta({
    description:
      'Sessions whose staged changes were deleted and are not proposed again: the session of the source, influenced runs, and later sessions whose job had failed; empty for a dry run',
  }),
  restaged: z.array(z.string()).meta({
    description: 'Later sessions whose staged changes were deleted to be proposed again; empty for a dry run',
  }),
});
export type RevertedEntities = z.infer<typeof RevertedEntities>;

export const NO_ENTITIES: RevertedEntities = { commit_id: null, changes: [], withdrawn: [], dropped: [], restaged: [] };

/** The effect of a revert on the repositories of other users: counts only, since an admin may not read their files. */
export const RevertedOfOthers = z.strictObject({
  repositories: z.int(),
  commits: z.int(),
  changed_files: z.int(),
  withdrawn: z.int(),
});
export type RevertedOfOthers = z.infer<typeof RevertedOfOthers>;

export function countOfOthers(reverted: readonly RevertedEntities[]): RevertedOfOthers {
  const sum = (count: (each: RevertedEntities) => number) => reverted.reduce((total, each) => total + count(each), 0);
  return {
    repositories: reverted.filter(({ changes, dropped }) => changes.length + dropped.length > 0).length,
    commits: sum(({ commit_id: commitId }) => (commitId === null ? 0 : 1)),
    changed_files: sum(({ changes }) => changes.length),
    withdrawn: sum(({ withdrawn }) => withdrawn.length),
  };
}

/** The receipt of an erasure in entity files. It contains no erased text. */
export const ErasedEntities = z.strictObject({
  history_rewritten: z.boolean(),
  commits_rewritten: z
    .int()
    .meta({ description: 'Commits that were rewritten, from the first one of the source or of an influenced run on' }),
  withdrawn: z.int().meta({ description: 'Changes of later commits that were derived from the source' }),
  restaged: z.int().meta({ description: 'Later sessions whose staged changes are proposed again' }),
  linked_repository: z.string().nullable().meta({
    description: 'URL of the repository that was linked until now, and still contains the old history',
  }),
  rows: z.record(z.string(), z.int()),
});
export type ErasedEntities = z.infer<typeof ErasedEntities>;

/**
 * Adds up the receipts of several repositories. The URL of a linked repository is reported to its own user only;
 * another user reads in the status of their repository why the link ended.
 */
export function sumOfErased(
  answers: readonly { userId: string; answer: ErasedEntities }[],
  callerId: string,
): ErasedEntities {
  const erased = answers.map(({ answer }) => answer);
  const total: ErasedEntities = {
    history_rewritten: erased.some((each) => each.history_rewritten),
    commits_rewritten: 0,
    withdrawn: 0,
    restaged: 0,
    linked_repository: answers.find(({ userId }) => userId === callerId)?.answer.linked_repository ?? null,
    rows: {},
  };
  for (const each of erased) {
    total.commits_rewritten += each.commits_rewritten;
    total.withdrawn += each.withdrawn;
    total.restaged += each.restaged;
    total.rows = addRows(total.rows, each.rows);
  }
  return total;
}

/** Adds up counts of rows by table. */
export function addRows(one: Record<string, number>, other: Record<string, number>): Record<string, number> {
  const sum = { ...one };
  for (const [table, count] of Object.entries(other)) sum[table] = (sum[table] ?? 0) + count;
  return sum;
}
