import type { Database } from '../platform/database/database.ts';
import type { Tool } from '../tools/tool.ts';
import { SHARED_TOOLS } from '../tools/toolbox.ts';
import { createWebSearch } from '../tools/web/web-search.ts';
import { askPerson } from './ask-person.ts';
import { createRepository } from './tools/create-repository.ts';
import { deployProject } from './tools/deploy-project.ts';
import { readMessages, sendMessage } from './tools/messages.ts';
import { pushRepository } from './tools/push-repository.ts';
import { recall } from './tools/recall.ts';
import { remember } from './tools/remember.ts';
import { searchDocuments } from './tools/search-documents.ts';
import { startRun } from './tools/start-run.ts';
import { submitPlan } from './tools/submit-plan.ts';
import { webFetch } from './tools/web-fetch.ts';
import { assignmentOf, workerOf } from './worker.ts';

/** What the tools of a node know about it. */
interface ToolUser {
  id: string;
  name: string;
  worker: string;
  team: readonly string[];
}

/**
 * Every tool that a worker may have, by the name that `workers/*.md` declares. A tool that needs only its context is a
 * line in functions/tools/toolbox.ts; one that needs the node or the database is a line here.
 */
const TOOLS: Record<string, Tool | ((node: ToolUser, database: Database) => Tool)> = {
  ...Object.fromEntries(SHARED_TOOLS.map((tool) => [tool.name, tool])),
  web_search: (_node, database) => createWebSearch({ database }),
  web_fetch: webFetch,
  search_documents: (_node, database) => searchDocuments(database),
  recall: (_node, database) => recall(database),
  remember: (_node, database) => remember(database),
  send_message: sendMessage,
  read_messages: readMessages,
  ask_person: askPerson,
  start_run: (_node, database) => startRun(database),
  submit_plan: submitPlan,
  create_repository: createRepository,
  push_repository: pushRepository,
  deploy_project: deployProject(),
};

/** Only the workers of a sprint write to each other; the nodes of a planned run pass values on instead. */
const TEAM_TOOLS: readonly string[] = ['send_message', 'read_messages'];

/**
 * Returns the tools that a node's worker declares, in the declared order. @throws Error for a tool that does not exist
 */
export function toolsOf(node: ToolUser, database: Database): Tool[] {
  const names = workerOf(assignmentOf(node)).tools.filter((name) => node.team.length > 0 || !TEAM_TOOLS.includes(name));
  return names.map((name) => {
    const tool = TOOLS[name];
    if (tool === undefined)
      throw new Error(`The worker ${node.worker} declares the tool ${name}, which does not exist`);
    return typeof tool === 'function' ? tool(node, database) : tool;
  });
}
