import { z } from 'zod';
import type { Queryable } from '../../platform/database/database.ts';
import { jsonText } from '../../platform/models/parse-json.ts';
import { open } from '../../platform/secrets/envelope.ts';
import { findMcpServerForUse, type McpServerRow } from '../sql/mcp-server.ts';
import type { McpTarget } from './connect-mcp-server.ts';
import { headersPlace } from './mcp-server.ts';

const StoredHeaders = jsonText(z.record(z.string(), z.string()));

/**
 * Returns a server of the tenant whose scope `database` has, with its headers decrypted, and records the use in the
 * audit log first. Undefined when there is no such server.
 * @throws KeyServiceUnavailable when the key service does not answer; Error when the stored row was tampered with
 */
export async function openMcpServer(
  database: Queryable,
  use: Parameters<typeof findMcpServerForUse>[1],
): Promise<{ row: McpServerRow; target: McpTarget } | undefined> {
  const found = await findMcpServerForUse(database, use);
  if (found === undefined) return undefined;
  const text = await open(found, headersPlace(found.tenant_id, found.id, found.version));
  return { row: found, target: { url: found.url, headers: StoredHeaders.parse(text) } };
}
