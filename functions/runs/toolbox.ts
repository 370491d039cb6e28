import type { Database } from '../platform/database/database.ts';
import type { Tool } from '../tools/tool.ts';
import { SHARED_TOOLS } from '../tools/toolbox.ts';
import { createWebFetch } from '../tools/web/web-fetch.ts';
import { createWebSearch } from '../tools/web/web-search.ts';
import { askPerson } from './tools/ask-person.ts';
import { createRepository } from './tools/create-repository.ts';
import { deployProject } from './tools/deploy-project.ts';
import { isKnownUrl } from './tools/is-known-url.ts';
import { pushRepository } from './tools/push-repository.ts';
import { readMessages } from './tools/read-messages.ts';
import { recall } from './tools/recall.ts';
import { remember } from './tools/remember.ts';
import { searchDocuments } from './tools/search-documents.ts';
import { sendMessage } from './tools/send-message.ts';
import { submitPlan } from './tools/submit-plan.ts';
import { assignmentOf, workerOf } from './worker.ts';

/** A node as its tools need to know it. */
export interface ToolUser {
  id: string;
  name: string;
  worker: string;
  team: readonly string[];
}

const OF_A_NODE: Record<string, (node: ToolUser, database: Database) => Tool> = {
  send_message: (node) => sendMessage(node),
  read_messages: (node) => readMessages(node),
  remember: (_node, database) => remember(database),
  recall: (_node, database) => recall(database),
  search_documents: (_node, database) => searchDocuments(database),
  web_search: (_node, database) => createWebSearch({ database }),
  submit_plan: (node, database) => submitPlan(node, database),
};
const OF_ALL = new Map(
  [...SHARED_TOOLS, askPerson, createRepository, pushRepository, deployProject(), createWebFetch({ isKnownUrl })].map(
    (tool) => [tool.name, tool],
  ),
);
/** Only a team writes to each other; nodes of a plan hand over by their values. */
const OF_A_TEAM: readonly string[] = ['send_message', 'read_messages'];

/** The tools that a node's worker declares, in its order. @throws Error when it declares one that does not exist */
export function toolsOf(node: ToolUser, database: Database): Tool[] {
  const names = workerOf(assignmentOf(node)).tools.filter((name) => node.team.length > 0 || !OF_A_TEAM.includes(name));
  return names.map((name) => {
    const tool = OF_A_NODE[name]?.(node, database) ?? OF_ALL.get(name);
    if (tool === undefined) throw new Error(`The worker ${node.worker} declares a tool ${name} that does not exist`);
    return tool;
  });
}
