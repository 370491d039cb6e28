import { z } from 'zod';
import { listFolder, textsAt } from '../../../entities/branch/read-branch.ts';
import { entriesOf, TIMELINE } from '../../../entities/files/timeline.ts';
import { blockItem } from '../page-items.ts';
import { readTool } from '../read-tool.ts';

/** Lists what each session of a month changed, newest first; without a month, the newest month. */
export const timeline = readTool({
  name: 'timeline',
  description: 'Lists what each session of a month changed, newest first; without a month the newest one.',
  kinds: ['block'],
  parameters: {
    month: z
      .string()
      .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be YYYY-MM')
      .optional()
      .meta({ description: 'YYYY-MM' }),
    skip: z.int().min(0).max(10_000).default(0).meta({ description: 'How many entries you have seen already' }),
  },
  read: async ({ month, skip }, { queryable, head }) => {
    const files = head === undefined ? [] : await listFolder(queryable, head.tree_id, TIMELINE.slice(0, -1));
    const months = files.map((name) => name.replace(/\.md$/, ''));
    const chosen = month ?? months.at(-1);
    if (head === undefined || chosen === undefined || !months.includes(chosen)) {
      return {
        error:
          months.length === 0
            ? 'There is no timeline.'
            : `There is nothing of ${chosen}. There is: ${months.slice(-24).join(', ')}.`,
      };
    }
    const path = `${TIMELINE}${chosen}.md`;
    const all = entriesOf((await textsAt(queryable, head.tree_id, [path])).get(path) ?? '');
    const earlier = months[months.indexOf(chosen) - 1];
    const entries = all.slice(skip);
    return {
      items: entries.map((text, index) =>
        blockItem({
          path,
          block: `entry-${all.length - skip - index}`,
          text,
          commitId: head.id,
          since: head.committed_at,
        }),
      ),
      next: (shown) => {
        if (shown < entries.length) return { month: chosen, skip: skip + shown };
        return earlier === undefined ? undefined : { month: earlier };
      },
      empty: `There is nothing more of ${chosen}.`,
    };
  },
});
