import { createHash } from 'node:crypto';

/** Every provider of models accepts names of these characters with this length. */
const LONGEST = 64;

/**
 * Returns the name under which a model calls a tool of an MCP server: `mcp__<server>__<tool>`. No tool of ours begins
 * with `mcp__`, so none can be shadowed. A name that has other characters or is too long gets a part of its hash, so
 * two tools of a server never share a name.
 */
export function offeredName(server: string, tool: string): string {
  const plain = `mcp__${server}__${tool.replaceAll(/[^A-Za-z0-9_-]/g, '_')}`;
  if (plain.length <= LONGEST && plain.endsWith(`__${tool}`)) return plain;
  const hash = createHash('sha256').update(tool).digest('hex').slice(0, 8);
  return `${plain.slice(0, LONGEST - 9)}_${hash}`;
}
