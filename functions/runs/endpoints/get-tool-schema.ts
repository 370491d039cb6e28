import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { declareTool } from '../../tools/tool.ts';
import { requireTool } from '../calls/require-tool.ts';
import { ToolSummary, toolSummary } from '../calls/tool-view.ts';

/** Returns a tool as a model sees it, with the JSON Schema of its arguments. 404 when no such tool exists. */
export const getToolSchema = endpoint({
  name: 'runs-get-tool-schema',
  route: 'GET /api/v1/tools/{name}/schema',
  access: 'tools:read',
  summary: 'Returns the description of a tool and the JSON Schema of its arguments.',
  params: z.strictObject({ name: z.string().min(1).max(100) }),
  reply: {
    200: ToolSummary.extend({
      parameters: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema, draft 2020-12' }),
    }),
  },
  deployment: { secrets: MODEL_KEYS },
}).serve(async ({ params, database, identity }) => {
  const { caller, ...queryable } = await enter(database, identity, 'tools:read');
  const found = await requireTool({ database, queryable }, caller.tenantId, params.name);
  return { status: 200, body: { ...toolSummary(found), parameters: declareTool(found.tool).parameters } };
});
