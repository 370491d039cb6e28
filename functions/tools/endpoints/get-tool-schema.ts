import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { declareTool } from '../tool.ts';
import { WORKSPACE_TOOLS } from '../toolbox.ts';

/** Returns a tool as a model sees it. 404 when no such tool exists. */
export const getToolSchema = endpoint({
  name: 'tools-get-tool-schema',
  route: 'GET /api/v1/tools/{name}/schema',
  access: 'tools:read',
  summary: 'Returns the description of a tool and the JSON Schema of its arguments.',
  params: z.strictObject({ name: z.string().min(1).max(100) }),
  reply: {
    200: z.strictObject({
      name: z.string(),
      description: z.string(),
      parameters: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema, draft 2020-12' }),
    }),
  },
}).handle(async ({ params }) => {
  const tool = WORKSPACE_TOOLS.find((candidate) => candidate.name === params.name);
  if (tool === undefined) throw new Problem('not-found', 'There is no tool with this name.');
  return { status: 200, body: declareTool(tool) };
});
