import { z } from 'zod';
import { entitiesAt } from '../../../entities/branch/read-branch.ts';
import { readTool } from '../read-tool.ts';

const MOST = 100;

/** What there is in entity memory, by path, so that a pointer can be followed that no word leads to. */
export const listEntities = readTool({
  name: 'list_entities',
  description: 'Lists the files about people, projects, decisions and events, by path, with the headings in them.',
  kinds: ['block'],
  parameters: {
    prefix: z.string().max(200).optional().meta({ description: 'How the path begins, such as memories/people/' }),
    after: z.string().max(200).optional().meta({ description: 'The last path of the page before' }),
  },
  read: async ({ prefix = '', after = '' }, { scoped, head }) => {
    const all = head === undefined ? [] : await entitiesAt(scoped, head);
    const rest = all.filter(({ path }) => path.startsWith(prefix) && path > after);
    const page = rest.slice(0, MOST);
    return {
      pieces: page.map(({ path, name, type, aliases, blocks, changed_at: changed }) => ({
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
