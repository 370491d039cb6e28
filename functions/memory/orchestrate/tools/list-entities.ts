import { z } from 'zod';
import { entitiesAt } from '../../../entities/branch/read-branch.ts';
import { readTool } from '../read-tool.ts';

const MOST = 100;

/** Lists the files of entity memory by path, so that the model finds files that no query matches. */
export const listEntities = readTool({
  name: 'list_entities',
  description: 'Lists the files about people, projects, decisions and events, by path, with the headings in them.',
  kinds: ['block'],
  parameters: {
    prefix: z.string().max(200).optional().meta({ description: 'How the path begins, such as memories/people/' }),
    after: z.string().max(200).optional().meta({ description: 'The last path of the page before' }),
  },
  read: async ({ prefix = '', after = '' }, { queryable, head }) => {
    const all = head === undefined ? [] : await entitiesAt(queryable, head);
    const rest = all.filter(({ path }) => path.startsWith(prefix) && path > after);
    const page = rest.slice(0, MOST);
    return {
      items: page.map(({ path, name, type, aliases, blocks, changed_at: changed }) => ({
        tag: 'entity' as const,
        text: blocks.map(({ id }) => id).join(', '),
        attributes: { path, name, type, ...(aliases.length === 0 ? {} : { also: aliases.join(', ') }), changed },
      })),
      next: (shown) => {
        const last = page[shown - 1]?.path;
        return shown < rest.length && last !== undefined ? { prefix, after: last } : undefined;
      },
      empty: 'There is no such file.',
    };
  },
});
