import { createHash } from 'node:crypto';
import type { Tool as ServerTool } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { cutText } from '../../platform/cut-text.ts';
import { storableText } from '../../platform/storable.ts';
import { CleanSchema, cleanSchema } from './clean-schema.ts';

/** A tool as its server listed it: what is kept of it, and the hash of everything that the server said about it. */
export const ListedTool = z.strictObject({
  /** The server's own name. */
  name: z.string(),
  description: z.string(),
  parameters: CleanSchema,
  hints: z.strictObject({ readOnly: z.boolean(), idempotent: z.boolean(), destructive: z.boolean() }),
  hash: z.string(),
  /** Why the tool is never offered. */
  fault: z.string().optional(),
});
export type ListedTool = z.output<typeof ListedTool>;

const LONGEST_NAME = 128;
const LONGEST_DESCRIPTION = 2_000;
const LARGEST_SCHEMA = 16 * 1024;

/** Returns the tools of a list. Of tools with the same name only the first is kept. */
export function toListedTools(tools: readonly ServerTool[]): ListedTool[] {
  const byName = new Map<string, ListedTool>();
  for (const tool of tools.map(toListedTool)) if (!byName.has(tool.name)) byName.set(tool.name, tool);
  return [...byName.values()];
}

function toListedTool(tool: ServerTool): ListedTool {
  const { name, title = '', description = '', inputSchema, annotations = {} } = tool;
  const said = canonical({ name, title, description, inputSchema, annotations });
  const isLarge = (schema: object) => JSON.stringify(schema).length > LARGEST_SCHEMA;
  const cleaned = isLarge(inputSchema) ? undefined : cleanSchema(inputSchema);
  const parameters = cleaned === undefined || isLarge(cleaned) ? undefined : cleaned;
  return {
    name: storableText(cutText(name, LONGEST_NAME)),
    description: storableText(cutText(description || title, LONGEST_DESCRIPTION)),
    parameters: parameters ?? { type: 'object', properties: {} },
    hints: {
      readOnly: annotations.readOnlyHint === true,
      idempotent: annotations.idempotentHint === true,
      // The protocol's default: a tool that says nothing may destroy.
      destructive: annotations.readOnlyHint !== true && annotations.destructiveHint !== false,
    },
    hash: sha256(said),
    ...(name.length > LONGEST_NAME ? { fault: 'Its name is too long.' } : {}),
    ...(parameters === undefined
      ? { fault: 'Its schema is too large, or has arguments that models cannot give.' }
      : {}),
  };
}

/** Identifies a list of tools, in any order. An admin approves what has this hash. */
export function hashOfList(tools: readonly ListedTool[]): string {
  return sha256(canonical(tools.map(({ hash }) => hash).sort()));
}

export interface ToolState {
  state: 'offered' | 'added' | 'changed' | 'removed' | 'unusable';
  /** As the server lists it now; as it was approved when it is removed. */
  tool: ListedTool;
  /** As it was approved, if it has changed since. */
  approved?: ListedTool;
}

/**
 * Compares what a server lists with what an admin has approved. Only tools in the state `offered` may be called: a tool
 * that is new or says something else than before waits for an admin.
 */
export function compareTools(listed: readonly ListedTool[], pinned: readonly ListedTool[]): ToolState[] {
  const approved = new Map(pinned.map((tool) => [tool.name, tool]));
  const names = new Set(listed.map(({ name }) => name));
  return [
    ...listed.map((tool): ToolState => {
      const before = approved.get(tool.name);
      if (tool.fault !== undefined) return { state: 'unusable', tool };
      if (before === undefined) return { state: 'added', tool };
      return before.hash === tool.hash ? { state: 'offered', tool } : { state: 'changed', tool, approved: before };
    }),
    ...pinned.filter(({ name }) => !names.has(name)).map((tool): ToolState => ({ state: 'removed', tool })),
  ];
}

/** Returns JSON with sorted fields, so that equal values have equal texts. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_name, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
