import type { z } from 'zod';
import type { McpServerRow } from '../sql/mcp-server.ts';
import { compareTools, type ListedTool, type ToolState } from './listed-tool.ts';
import type { McpServer, McpServerTool } from './mcp-server.ts';
import { offeredName } from './tool-name.ts';

/** Returns a server as the API shows it. */
export function toMcpServer(row: McpServerRow): z.input<typeof McpServer> {
  const { listed, pinned, listed_cut: isCut, version: _, pinned_hash: pinnedHash, ...shown } = row;
  const states = compareTools(listed ?? [], pinned ?? []);
  const count = (state: ToolState['state']) => states.filter((tool) => tool.state === state).length;
  return {
    ...shown,
    status: statusOf(row.listed_hash, pinnedHash),
    tools: {
      offered: count('offered'),
      added: count('added'),
      changed: count('changed'),
      removed: count('removed'),
      unusable: count('unusable'),
    },
    is_cut: isCut,
  };
}

function statusOf(listedHash: string | null, pinnedHash: string | null): z.input<typeof McpServer>['status'] {
  if (listedHash === null) return 'untested';
  if (pinnedHash === null) return 'unapproved';
  return listedHash === pinnedHash ? 'approved' : 'changed';
}

/** Returns the tools of a server with what an admin must decide, in the order of the server, removed ones last. */
export function toMcpServerTools({ name, listed, pinned }: McpServerRow): z.input<typeof McpServerTool>[] {
  return compareTools(listed ?? [], pinned ?? []).map(({ state, tool, approved }) => ({
    name: tool.name,
    offered_as: offeredName(name, tool.name),
    state,
    fault: tool.fault ?? null,
    ...shownOf(tool),
    approved: approved === undefined ? null : shownOf(approved),
  }));
}

function shownOf({ description, parameters, hints }: ListedTool) {
  const { readOnly, idempotent, destructive } = hints;
  return { description, parameters, hints: { read_only: readOnly, idempotent, destructive } };
}
