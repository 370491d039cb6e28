import { z } from 'zod';
import { BlockChange } from '../files/diff-blocks.ts';
import { Withdrawn } from './withdrawn.ts';

/** What taking a source back does in one person's files. */
export const RevertedEntities = z.strictObject({
  commit_id: z
    .string()
    .nullable()
    .meta({ description: 'The commit that takes the source back; null where nothing is to be done, or only told' }),
  changes: z
    .array(
      z.strictObject({
        path: z.string(),
        kind: z.enum(['created', 'changed', 'removed']),
        blocks: z.array(BlockChange),
      }),
    )
    .meta({ description: 'Entity files as they are and as they are without the source' }),
  withdrawn: z.array(Withdrawn).meta({ description: 'What of later commits was derived from the source' }),
  dropped: z.array(z.string()).meta({ description: 'Sessions of the source that were staged' }),
  restaged: z.array(z.string()).meta({ description: 'Later sessions whose staged changes are proposed anew' }),
});
export type RevertedEntities = z.infer<typeof RevertedEntities>;

/** The same of the repositories of others, which nobody gets to read by it: counts alone. */
export const RevertedOfOthers = z.strictObject({
  repositories: z.int(),
  commits: z.int(),
  changed_files: z.int(),
  withdrawn: z.int(),
});
export type RevertedOfOthers = z.infer<typeof RevertedOfOthers>;

export const NO_ENTITIES: RevertedEntities = { commit_id: null, changes: [], withdrawn: [], dropped: [], restaged: [] };

export function countOfOthers(reverted: readonly RevertedEntities[]): RevertedOfOthers {
  const sum = (count: (each: RevertedEntities) => number) => reverted.reduce((total, each) => total + count(each), 0);
  return {
    repositories: reverted.filter(({ changes, dropped }) => changes.length + dropped.length > 0).length,
    commits: sum(({ commit_id: commitId }) => (commitId === null ? 0 : 1)),
    changed_files: sum(({ changes }) => changes.length),
    withdrawn: sum(({ withdrawn }) => withdrawn.length),
  };
}
