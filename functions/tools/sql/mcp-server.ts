import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { Envelope } from '../../platform/secrets/envelope.ts';
import { hashOfList, type ListedTool } from '../mcp/listed-tool.ts';

const COLUMNS =
  'id, name, url, enabled, approval, header_names, version, listed, listed_hash, listed_cut, listed_at, error, pinned, pinned_hash, pinned_at, created_at, updated_at';

export interface McpServerRow {
  id: string;
  name: string;
  url: string;
  enabled: boolean;
  approval: 'always' | 'writes' | 'never';
  header_names: string[];
  version: number;
  listed: ListedTool[] | null;
  listed_hash: string | null;
  listed_cut: boolean;
  listed_at: string | null;
  error: string | null;
  pinned: ListedTool[] | null;
  pinned_hash: string | null;
  pinned_at: string | null;
  created_at: string;
  updated_at: string;
}

interface NewServer extends Envelope {
  id: string;
  name: string;
  url: string;
  approval: string;
  headerNames: string[];
}

/** Inserts a server. Returns undefined when the tenant has a server of this name. */
export async function insertMcpServer(database: Queryable, server: NewServer): Promise<McpServerRow | undefined> {
  const { id, name, url, approval, headerNames, ciphertext, wrapped_key: wrappedKey, key_name: keyName } = server;
  const [row] = await database.query<McpServerRow>({
    name: 'insert_mcp_server',
    text: `insert into mcp_servers (id, tenant_id, name, url, approval, header_names, ciphertext, wrapped_key, key_name, updated_by)
      values ($1, current_tenant_id(), $2, $3, $4, $5, $6, $7, $8, current_user_id())
      on conflict (tenant_id, name) do nothing returning ${COLUMNS}`,
    values: [id, name, url, approval, headerNames, ciphertext, wrappedKey, keyName],
  });
  return row;
}

/** Raises AF409 when the tenant has `most` servers. */
export function refuseTooManyMcpServers(most: number): Statement {
  return {
    name: 'refuse_too_many_mcp_servers',
    text: `select refuse('AF409', 'too many MCP servers', 'Your tenant has the maximum number of MCP servers. Remove one first.')
      where (select count(*) from mcp_servers where tenant_id = current_tenant_id()) >= $1`,
    values: [most],
  };
}

/** Lists the tenant's servers, newest first, beginning after the server `before`. Ids sort by creation time. */
export async function listMcpServers(
  database: Queryable,
  before: string | undefined,
  limit: number,
): Promise<McpServerRow[]> {
  return database.query<McpServerRow>({
    name: 'list_mcp_servers',
    text: `select ${COLUMNS} from mcp_servers
      where tenant_id = current_tenant_id() and ($1::text is null or id < $1) order by id desc limit $2`,
    values: [before ?? null, limit],
  });
}

export async function findMcpServer(database: Queryable, id: string): Promise<McpServerRow | undefined> {
  const [row] = await database.query<McpServerRow>({
    name: 'find_mcp_server',
    text: `select ${COLUMNS} from mcp_servers where tenant_id = current_tenant_id() and id = $1`,
    values: [id],
  });
  return row;
}

/** Lists the servers whose tools a tenant's workers may call: enabled and approved. In the order of their names. */
export async function listApprovedMcpServers(database: Queryable, tenantId: string): Promise<McpServerRow[]> {
  return database.query<McpServerRow>({
    name: 'list_approved_mcp_servers',
    text: `select ${COLUMNS} from mcp_servers
      where tenant_id = $1 and enabled and pinned is not null order by name`,
    values: [tenantId],
  });
}

/** Returns a server with its encrypted headers, and writes the use to the audit log in the same statement. */
export async function findMcpServerForUse(
  database: Queryable,
  use: { id: string; userId: string; purpose: string; runId?: string },
): Promise<(McpServerRow & Envelope & { tenant_id: string }) | undefined> {
  const [row] = await database.query<McpServerRow & Envelope & { tenant_id: string }>({
    name: 'find_mcp_server_for_use',
    text: `with used as (
        select ${COLUMNS}, tenant_id, ciphertext, wrapped_key, key_name from mcp_servers
        where tenant_id = current_tenant_id() and id = $1),
      logged as (
        insert into audit_log (tenant_id, user_id, action, resource, outcome, data)
        select tenant_id, $2::text, 'tools-use-mcp-server', name, 'allowed',
          jsonb_build_object('purpose', $3::text, 'run_id', $4::text) from used where header_names <> '{}')
      select * from used`,
    values: [use.id, use.userId, use.purpose, use.runId ?? null],
  });
  return row;
}

/**
 * Stores what a server listed. A statement, so that a call that found a changed list can have it as an effect. Nothing
 * is approved by it.
 */
export function updateMcpServerListed(
  id: string,
  { tools, isCut }: { tools: readonly ListedTool[]; isCut: boolean },
): Statement {
  return {
    name: 'update_mcp_server_listed',
    text: `update mcp_servers set listed = $2::jsonb, listed_hash = $3, listed_cut = $4, listed_at = now(), error = null
      where tenant_id = current_tenant_id() and id = $1 returning ${COLUMNS}`,
    values: [id, JSON.stringify(tools), hashOfList(tools), isCut],
  };
}

/** Stores why a test failed. What was listed and approved before stays. */
export async function updateMcpServerError(
  database: Queryable,
  id: string,
  error: string,
): Promise<McpServerRow | undefined> {
  const [row] = await database.query<McpServerRow>({
    name: 'update_mcp_server_error',
    text: `update mcp_servers set error = $2 where tenant_id = current_tenant_id() and id = $1 returning ${COLUMNS}`,
    values: [id, error],
  });
  return row;
}

/**
 * Approves the listed tools. Returns undefined when the list is not the one with this hash, which the admin has seen.
 */
export async function updateMcpServerPinned(
  database: Queryable,
  id: string,
  hash: string,
): Promise<McpServerRow | undefined> {
  const [row] = await database.query<McpServerRow>({
    name: 'update_mcp_server_pinned',
    text: `update mcp_servers set pinned = listed, pinned_hash = listed_hash, pinned_at = now(), pinned_by = current_user_id(),
        updated_at = now(), updated_by = current_user_id()
      where tenant_id = current_tenant_id() and id = $1 and listed_hash = $2 returning ${COLUMNS}`,
    values: [id, hash],
  });
  return row;
}

/**
 * Updates what is given. New headers are guarded by the version (compare-and-swap): returns undefined when it is not
 * the successor of the stored version.
 */
export async function updateMcpServer(
  database: Queryable,
  id: string,
  change: {
    enabled?: boolean | undefined;
    approval?: string | undefined;
    headers?: (Envelope & { names: string[]; version: number }) | undefined;
  },
): Promise<McpServerRow | undefined> {
  const { enabled, approval, headers } = change;
  const [row] = await database.query<McpServerRow>({
    name: 'update_mcp_server',
    text: `update mcp_servers set enabled = coalesce($2, enabled), approval = coalesce($3, approval),
        header_names = coalesce($4, header_names), version = coalesce($5, version),
        ciphertext = coalesce($6, ciphertext), wrapped_key = coalesce($7, wrapped_key), key_name = coalesce($8, key_name),
        updated_at = now(), updated_by = current_user_id()
      where tenant_id = current_tenant_id() and id = $1 and ($5::integer is null or version = $5 - 1)
      returning ${COLUMNS}`,
    values: [
      id,
      enabled ?? null,
      approval ?? null,
      headers?.names ?? null,
      headers?.version ?? null,
      headers?.ciphertext ?? null,
      headers?.wrapped_key ?? null,
      headers?.key_name ?? null,
    ],
  });
  return row;
}

/** Deletes a server with its headers and what was approved. Returns its name, or undefined when there is none. */
export async function deleteMcpServer(database: Queryable, id: string): Promise<string | undefined> {
  const [row] = await database.query<{ name: string }>({
    name: 'delete_mcp_server',
    text: 'delete from mcp_servers where tenant_id = current_tenant_id() and id = $1 returning name',
    values: [id],
  });
  return row?.name;
}
