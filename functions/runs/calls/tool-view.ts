import { z } from 'zod';
import type { CatalogTool } from './tool-catalog.ts';

/** A tool as the API shows it. */
export const ToolSummary = z.strictObject({
  name: z.string(),
  family: z.string().meta({ description: 'What the tool is about, such as files, dates or web' }),
  description: z.string().meta({ description: 'What a model reads about the tool' }),
  source: z.string().meta({ description: '`built_in`, or the server that offers the tool: `mcp:<name>`' }),
  used_by: z.array(z.string()).meta({ description: 'The workers that have the tool, and `chat`. Empty: only users' }),
  safe_to_repeat: z.boolean().meta({ description: 'Whether an interrupted call is made again automatically' }),
  needs_approval: z.boolean().meta({ description: 'Whether a person is asked before a call that changes something' }),
  executable: z.boolean().meta({ description: 'Whether POST /tools/execute calls it' }),
  not_executable_because: z.string().nullable(),
});

export function toolSummary({ tool, family, source, usedBy, refusal }: CatalogTool): z.input<typeof ToolSummary> {
  return {
    name: tool.name,
    family,
    description: tool.description,
    source,
    used_by: [...usedBy],
    safe_to_repeat: tool.safeToRepeat,
    needs_approval: tool.approval !== undefined,
    executable: refusal === null,
    not_executable_because: refusal,
  };
}
