import { readdirSync } from 'node:fs';
import type { Database, Queryable } from '../../platform/database/database.ts';
import { loadMcpTools } from '../../tools/mcp/load-mcp-tools.ts';
import type { Tool } from '../../tools/tool.ts';
import { listToolNames, MCP_TOOLS, openTool, type ToolUser } from '../toolbox.ts';
import { workerOf } from '../worker.ts';
import { CALLER } from './call.ts';

/** A tool with what the API tells about it beside its declaration. */
export interface CatalogTool {
  tool: Tool;
  family: string;
  /** `built_in`, or the server that offers it: `mcp:<name>`. */
  source: string;
  /** The workers that have it, and `chat`. */
  usedBy: readonly string[];
  /** Why a user cannot call it alone; null when they can. */
  refusal: string | null;
}

/** The tools that mean something only inside a run of others. */
const REFUSALS: Readonly<Record<string, string>> = {
  send_message: 'It writes to the other workers of a sprint, and a call has none.',
  read_messages: 'It reads what the other workers of a sprint wrote, and a call has none.',
  submit_plan: 'It hands over the plan of a run; POST /api/v1/runs starts a run with a planner.',
  push_repository: 'It pushes the files of a run, and a call has none.',
  deploy_project: 'It deploys the files of a run, and a call has none.',
  ask_person: 'It asks the person who would make the call.',
};

export interface Databases {
  /** For the tools, which open scopes of their own. */
  database: Database;
  /** Reads the tenant's rows: its scope, or a transaction of it. */
  queryable: Queryable;
}

const NOBODY: ToolUser = { id: '', name: 'call', worker: CALLER, team: [] };

/** Lists every tool that a tenant's workers and chat can use, by family and name. `user` is the node that calls one. */
export async function openCatalog(
  { database, queryable }: Databases,
  tenantId: string,
  user: ToolUser = NOBODY,
): Promise<CatalogTool[]> {
  const users = listUsers();
  const builtIn = listToolNames().flatMap(({ name, family }): CatalogTool[] => {
    const tool = openTool(name, user, database);
    if (tool === undefined) return [];
    return [{ tool, family, source: 'built_in', usedBy: users.get(name) ?? [], refusal: REFUSALS[name] ?? null }];
  });
  const offered = (await loadMcpTools({ database: queryable, tenantId })).map((tool): CatalogTool => {
    const [, server = ''] = tool.name.split('__');
    return { tool, family: 'mcp', source: `mcp:${server}`, usedBy: users.get(MCP_TOOLS) ?? [], refusal: null };
  });
  return [...builtIn, ...offered].sort((one, other) => (orderOf(one) < orderOf(other) ? -1 : 1));
}

/** The place of a tool in the catalog. It is unique, because names are. */
export function orderOf({ family, tool }: CatalogTool): string {
  return `${family} ${tool.name}`;
}

let known: ReadonlyMap<string, readonly string[]> | undefined;

/** Maps each tool to the workers whose files declare it. */
function listUsers(): ReadonlyMap<string, readonly string[]> {
  if (known !== undefined) return known;
  const users = new Map<string, string[]>();
  for (const file of readdirSync(new URL('../workers/', import.meta.url)).sort()) {
    if (!file.endsWith('.md')) continue;
    const { worker, tools } = workerOf(file.slice(0, -'.md'.length));
    const user = worker === 'assistant' ? 'chat' : worker;
    for (const name of tools) users.set(name, [...new Set([...(users.get(name) ?? []), user])]);
  }
  known = users;
  return users;
}
