import type { Database, Queryable } from '../platform/database/database.ts';
import type { Tool } from '../tools/tool.ts';
import { TOOL_FAMILIES } from '../tools/toolbox.ts';
import { createWebSearch } from '../tools/web/web-search.ts';
import { askPerson } from './ask-person.ts';
import { createRepository } from './tools/create-repository.ts';
import { deployProject } from './tools/deploy-project.ts';
import { readMessages, sendMessage } from './tools/messages.ts';
import { leaveNote, readNotes } from './tools/notes.ts';
import { pushRepository } from './tools/push-repository.ts';
import { recall } from './tools/recall.ts';
import { remember } from './tools/remember.ts';
import { searchDocuments } from './tools/search-documents.ts';
import { startRun } from './tools/start-run.ts';
import { submitPlan } from './tools/submit-plan.ts';
import { villagePost, villageSearch } from './tools/village.ts';
import { webFetch } from './tools/web-fetch.ts';
import { assignmentOf, workerOf } from './worker.ts';

/** What the tools of a node know about it. */
export interface ToolUser {
  id: string;
  name: string;
  worker: string;
  team: readonly string[];
}

type Entry = Tool | ((user: ToolUser, database: Database) => Tool);

/** The tools that need the node or the database, by what they are about and by name. To add one, add a line. */
const OWN_FAMILIES: Record<string, Record<string, Entry>> = {
  web: { web_search: (_node, database) => createWebSearch({ database }), web_fetch: webFetch },
  memory: {
    search_documents: (_node, database) => searchDocuments(database),
    recall: (_node, database) => recall(database),
    remember: (_node, database) => remember(database),
    leave_note: leaveNote,
    read_notes: readNotes,
  },
  village: {
    village_post: (_node, database) => villagePost(database),
    village_search: (_node, database) => villageSearch(database),
  },
  team: {
    send_message: sendMessage,
    read_messages: readMessages,
    ask_person: askPerson,
    submit_plan: submitPlan,
    start_run: (_node, database) => startRun(database),
  },
  delivery: {
    create_repository: createRepository,
    push_repository: pushRepository,
    deploy_project: deployProject(),
  },
};

/**
 * Every tool that a worker may have, by the name that `workers/*.md` declares. A tool that needs only its context is a
 * line in functions/tools/toolbox.ts.
 */
const TOOLS: ReadonlyMap<string, { family: string; entry: Entry }> = new Map([
  ...Object.entries(TOOL_FAMILIES).flatMap(([family, tools]) =>
    tools.map((tool) => [tool.name, { family, entry: tool }] as const),
  ),
  ...Object.entries(OWN_FAMILIES).flatMap(([family, entries]) =>
    Object.entries(entries).map(([name, entry]) => [name, { family, entry }] as const),
  ),
]);

/** Only the workers of a sprint write to each other; the nodes of a planned run pass values on instead. */
const TEAM_TOOLS: readonly string[] = ['send_message', 'read_messages'];

/** Declared by a worker that has the tools of the tenant's MCP servers. */
export const MCP_TOOLS = 'mcp';

/** Returns the tools of a node: those that its worker declares, then those of the tenant's MCP servers. */
export async function toolsOfNode(
  node: ToolUser,
  { database, queryable, tenantId }: { database: Database; queryable: Queryable; tenantId: string },
): Promise<Tool[]> {
  const own = toolsOf(node, database);
  if (!workerOf(assignmentOf(node)).tools.includes(MCP_TOOLS)) return own;
  const { loadMcpTools } = await import('../tools/mcp/load-mcp-tools.ts');
  return [...own, ...(await loadMcpTools({ database: queryable, tenantId }))];
}

/**
 * Returns the built-in tools that a node's worker declares, in the declared order. @throws Error for a tool that does
 * not exist
 */
export function toolsOf(node: ToolUser, database: Database): Tool[] {
  const names = workerOf(assignmentOf(node)).tools.filter(
    (name) => name !== MCP_TOOLS && (node.team.length > 0 || !TEAM_TOOLS.includes(name)),
  );
  return openTools(names, node, database);
}

/** Returns tools by name, in this order. @throws Error for a tool that does not exist */
export function openTools(names: readonly string[], user: ToolUser, database: Database): Tool[] {
  return names.map((name) => {
    const tool = openTool(name, user, database);
    if (tool === undefined)
      throw new Error(`The worker ${user.worker} declares the tool ${name}, which does not exist`);
    return tool;
  });
}

/** Returns a tool for a user of it, or undefined when it does not exist. */
export function openTool(name: string, user: ToolUser, database: Database): Tool | undefined {
  const found = TOOLS.get(name);
  if (found === undefined) return undefined;
  return typeof found.entry === 'function' ? found.entry(user, database) : found.entry;
}

/** Lists the names of all tools with their families. */
export function listToolNames(): { name: string; family: string }[] {
  return [...TOOLS].map(([name, { family }]) => ({ name, family }));
}
