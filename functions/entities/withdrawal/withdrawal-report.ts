import { z } from 'zod';
import { BlockChange } from '../files/diff-blocks.ts';

/** What a revert and an erasure report to the user. */

/** Why a change of a later commit is removed together with the source. */
const WithdrawnWhy = z.enum(['text_gone', 'says_what_is_gone', 'run_was_influenced', 'conflict']).meta({
  description:
    'text_gone: it edited a text that does not exist without the source. says_what_is_gone: its model was shown the removed text, and the change contains names, numbers or words that occurred only there. run_was_influenced: a run had facts of the source in its context, or read the page. conflict: it changed the same block as the source',
});

/** A change of a later commit that was derived from the source and is removed with it. */
export const Withdrawn = z.strictObject({
  commit_id: z.string().nullable().meta({ description: 'The commit that made it; null for a staged change' }),
  session_id: z.string().nullable(),
  path: z.string(),
  block: z.string().nullable(),
  op: z
    .enum(['create', 'append', 'replace', 'merge'])
    .meta({ description: 'merge: a change of a commit that no session made' }),
  why: WithdrawnWhy,
});
export type Withdrawn = z.infer<typeof Withdrawn>;

/** A withdrawn change, without the commit that is known from the context. */
export type WithdrawnChange = Omit<Withdrawn, 'commit_id' | 'session_id'>;

/** The effect of a revert on the files of one user. */
export const RevertedEntities = z.strictObject({
  commit_id: z
    .string()
    .nullable()
    .meta({ description: 'The commit that reverts the source; null when nothing changes, or for a dry run' }),
  changes: z
    .array(
      z.strictObject({
        path: z.string(),
        kind: z.enum(['created', 'changed', 'removed']),
        blocks: z.array(BlockChange),
      }),
    )
    .meta({ description: 'Entity files as they are and as they are without the source' }),
  withdrawn: z.array(Withdrawn).meta({ description: 'Changes of later commits that were derived from the source' }),
  dropped: z.array(z.string()).meta({ description: 'Sessions of the source that were staged' }),
  restaged: z.array(z.string()).meta({ description: 'Later sessions whose staged changes are proposed again' }),
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

/** The receipt of an erasure in entity files. It contains nothing of what was erased. */
export const ErasedEntities = z.strictObject({
  history_rewritten: z.boolean(),
  commits_rewritten: z.int().meta({ description: 'Commits that were rewritten, from the first one of the source on' }),
  withdrawn: z.int().meta({ description: 'Changes of later commits that were derived from the source' }),
  restaged: z.int().meta({ description: 'Later sessions whose staged changes are proposed again' }),
  linked_repository: z.string().nullable().meta({
    description: 'The repository that was linked until now, and still contains the old history',
  }),
  rows: z.record(z.string(), z.int()),
});
export type ErasedEntities = z.infer<typeof ErasedEntities>;

/** Adds up the receipts of several repositories. */
export function sumOfErased(erased: readonly ErasedEntities[]): ErasedEntities {
  const total: ErasedEntities = {
    history_rewritten: erased.some((each) => each.history_rewritten),
    commits_rewritten: 0,
    withdrawn: 0,
    restaged: 0,
    linked_repository: erased.find((each) => each.linked_repository !== null)?.linked_repository ?? null,
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
