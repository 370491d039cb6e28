import { z } from 'zod';
import { listHistory } from '../../../entities/branch/read-branch.ts';
import { EntityPath } from '../../../entities/files/ontology.ts';
import { commitItem } from '../page-items.ts';
import { readTool } from '../read-tool.ts';

const PAGE = 20;

/** Lists the commits that changed a file, newest first: which session changed it, and when. */
export const log = readTool({
  name: 'log',
  description:
    'Lists the commits that changed the file of an entity, newest first, each with the session that it came from.',
  kinds: ['block'],
  parameters: {
    path: EntityPath,
    before: z.int().min(1).max(1_000_000_000).optional().meta({ description: 'Only commits before this number' }),
  },
  read: async ({ path, before = Number.POSITIVE_INFINITY }, { queryable, head }) => {
    const below = Math.min(before, (head?.position ?? 0) + 1);
    const rows = await listHistory(queryable, { path, below, limit: PAGE + 1 });
    const page = rows.slice(0, PAGE);
    return {
      items: page.map((row) =>
        commitItem({
          path,
          commitId: row.commit_id,
          committedAt: row.committed_at,
          sessionId: row.session_id,
          text: row.message,
          attributes: { number: String(row.position), change: kindOf(row) },
        }),
      ),
      next: (shown) => {
        const last = page[shown - 1];
        return shown < rows.length && last !== undefined ? { path, before: last.position } : undefined;
      },
      empty: `No commit changed ${path}.`,
    };
  },
});

function kindOf({ before_id: before, after_id: after }: { before_id: string | null; after_id: string | null }): string {
  if (before === null) return 'created';
  return after === null ? 'removed' : 'changed';
}
