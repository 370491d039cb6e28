import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { openCatalog, orderOf } from '../calls/tool-catalog.ts';
import { ToolSummary, toolSummary } from '../calls/tool-view.ts';

const Position = z.strictObject({ after: z.string() });

/** Lists every tool that the caller's workers and chat can use, by family and name. */
export const listTools = endpoint({
  name: 'runs-list-tools',
  route: 'GET /api/v1/tools',
  access: 'tools:read',
  summary: 'Lists the tools that your workers and your chat can use.',
  query: z.strictObject({
    ...pageQuery,
    q: z.string().trim().min(1).max(200).optional().meta({ description: 'A part of the name or the description' }),
    family: z.string().min(1).max(50).optional().meta({ description: 'Such as dates, text or web' }),
  }),
  reply: { 200: pageOf(ToolSummary) },
  deployment: { secrets: MODEL_KEYS },
}).serve(async ({ query, cursor, database, identity }) => {
  const { caller, ...queryable } = await enter(database, identity, 'tools:read');
  const after = cursor.decode(query.cursor, Position)?.after ?? '';
  const wanted = query.q?.toLowerCase() ?? '';
  const matching = (await openCatalog({ database, queryable }, caller.tenantId)).filter(
    (entry) =>
      orderOf(entry) > after &&
      (query.family === undefined || entry.family === query.family) &&
      `${entry.tool.name} ${entry.tool.description}`.toLowerCase().includes(wanted),
  );
  const page = matching.slice(0, query.limit);
  const last = matching.length > query.limit ? page.at(-1) : undefined;
  const next_cursor = last ? cursor.encode({ after: orderOf(last) }) : null;
  return { status: 200, body: { items: page.map(toolSummary), next_cursor } };
});
