import type { Database } from '../platform/database/database.ts';
import type { Tool } from '../tools/tool.ts';
import { WORKSPACE_TOOLS } from '../tools/toolbox.ts';
import { readMessages } from './tools/read-messages.ts';
import { recall } from './tools/recall.ts';
import { remember } from './tools/remember.ts';
import { sendMessage } from './tools/send-message.ts';
import { type Assignment, assignmentOf } from './worker.ts';

/** What a plan may use: it looks and delegates, the workers write. */
const PLAN_TOOLS = ['read_file', 'list_files', 'search_files'];

/** The tools of a node. A chef reads and delegates; a worker writes, runs commands and talks to the others. */
export function toolsOf(node: { name: string; worker: string; team: readonly string[] }, database: Database): Tool[] {
  const assignment: Assignment = assignmentOf(node);
  const memory = [remember(database), recall(database)];
  const files = WORKSPACE_TOOLS.filter((tool) => PLAN_TOOLS.includes(tool.name));
  if (assignment === 'chef-plan') return [sendMessage(node), ...files, ...memory];
  if (assignment === 'chef-summary') return [readMessages(node), ...files, ...memory];
  return [...WORKSPACE_TOOLS, sendMessage(node), readMessages(node), ...memory];
}
