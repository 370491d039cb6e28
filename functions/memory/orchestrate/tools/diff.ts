import { z } from 'zod';
import { CommitId, diffOfEntity } from '../../../entities/branch/entity-diff.ts';
import { EntityPath } from '../../../entities/files/ontology.ts';
import { commitItem } from '../page-items.ts';
import { effectiveAsOf, Moment, readTool } from '../read-tool.ts';

const End = z
  .string()
  .max(50)
  .refine(
    (end) => CommitId.safeParse(end).success || Moment.safeParse(end).success,
    'must be a commit id, a time with its zone, or a day as YYYY-MM-DD',
  )
  .optional();

/**
 * Shows what changed in a file between two commits or times, block by block; without ends, what its newest commit
 * changed.
 */
export const diff = readTool({
  name: 'diff',
  description:
    'Shows what changed in the file of an entity between two commits or times, block by block, with the words before and after. Without ends: what its newest change did.',
  kinds: ['block'],
  parameters: {
    path: EntityPath,
    from: End.meta({ description: 'The older end: a commit id, a time with its zone, or a day' }),
    to: End.meta({ description: 'The newer end, likewise' }),
    skip: z.int().min(0).max(1000).default(0).meta({ description: 'How many changed blocks you have seen already' }),
  },
  read: async ({ path, from, to, skip }, scope) => {
    if (scope.head === undefined) return { error: `There is no file ${path}.` };
    const endOf = (end: string | undefined) =>
      end === undefined || CommitId.safeParse(end).success ? end : effectiveAsOf(end, scope);
    const found = await diffOfEntity(scope.queryable, {
      path,
      from: endOf(from),
      to: endOf(to),
      upTo: scope.head.position,
    });
    if ('missing' in found) {
      return {
        error: found.missing === 'entity' ? `There is no file ${path}.` : 'There is no such commit. log lists them.',
      };
    }
    const { id: commitId, committed_at: committedAt } = found.to;
    const blocks = found.blocks.slice(skip);
    return {
      items: blocks.map(({ block, kind, before, after }) =>
        commitItem({
          path,
          block,
          commitId,
          committedAt,
          sessionId: null,
          text: [before === null ? [] : ['before:', before.trim()], after === null ? [] : ['after:', after.trim()]]
            .flat()
            .join('\n'),
          attributes: { block: block || 'head', change: kind, from: found.from?.id ?? 'before the first commit' },
        }),
      ),
      next: (shown) =>
        shown < blocks.length
          ? { path, ...(from ? { from } : {}), ...(to ? { to } : {}), skip: skip + shown }
          : undefined,
      empty: 'Nothing changed between them.',
    };
  },
});
