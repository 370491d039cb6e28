import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { WORKSPACE_TOOLS } from '../toolbox.ts';

const ToolSummary = z.strictObject({
  name: z.string(),
  description: z.string(),
  safe_to_repeat: z.boolean().meta({ description: 'Whether an interrupted call is made again automatically' }),
});

/** Lists the tools that work on the files of a run. They are few and fixed, so there is only one page. */
export const listTools = endpoint({
  name: 'tools-list-tools',
  route: 'GET /api/v1/tools',
  access: 'tools:read',
  summary: 'Lists the tools that work on the files of a run.',
  reply: { 200: z.strictObject({ items: z.array(ToolSummary), next_cursor: z.null() }) },
}).handle(async () => ({
  status: 200,
  body: {
    items: WORKSPACE_TOOLS.map(({ name, description, safeToRepeat }) => ({
      name,
      description,
      safe_to_repeat: safeToRepeat,
    })),
    next_cursor: null,
  },
}));
