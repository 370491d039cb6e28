import { endpoint } from '../../platform/endpoint.ts';
import type { Reads } from '../../platform/http/endpoint-contract.ts';
import { listMemoryRecords, listMemoryTables } from '../sql/record.ts';

const PAGE = 500;

/**
 * Exports a memory as one JSON object a line, `{table, record}`: facts with their evidence, sessions with their turns,
 * entity blocks, keys, preferences, jobs, consolidations and all else that an erasure would delete. Without vectors and
 * stored tokens, and without the git objects, which `GET /memory/export` has. Rows that change during the export may be
 * in it before or after their change. An empty memory is an empty body.
 */
export const exportRecords = endpoint({
  name: 'memory-export-records',
  route: 'GET /api/v1/memory/export/records',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Exports every record of your memory as lines of JSON.',
  reply: { 200: 'application/x-ndjson' },
}).query(async ({ read }) => ({
  status: 200,
  stream: linesOf(read, await listMemoryTables(read)),
  headers: { 'content-disposition': 'attachment; filename="memory.ndjson"' },
}));

async function* linesOf(read: Reads, tables: readonly string[]): AsyncIterable<string> {
  for (const table of tables) {
    let offset = 0;
    let count: number;
    do {
      const records = await listMemoryRecords(read, { table, offset, limit: PAGE });
      if (records.length > 0) yield records.map((record) => `${JSON.stringify({ table, record })}\n`).join('');
      count = records.length;
      offset += count;
    } while (count === PAGE);
  }
}
