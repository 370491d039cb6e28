import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { WORKSPACE_TOOLS } from '../toolbox.ts';

const ToolSummary = z.strictObject({
  name: z.string(),
  description: z.string(),
  safe_to_repeat: z.boolean().meta({ description: 'Whether a call that was interrupted is simply made again' }),
});

/** The tools that workers have. They are few and fixed, so they are one page; the transaction is there to sign the caller in. */
export const listTools = endpoint({
  name: 'tools-list-tools',
  route: 'GET /api/v1/tools',
  access: 'tools:read',
  summary: 'Lists the tools that workers have.',
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
