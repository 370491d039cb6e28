import type { BetaContextManagementConfig } from '@anthropic-ai/sdk/resources/beta/messages';
import { z } from 'zod';
import type { AppliedEdit } from '../../compaction/context-edits.ts';
import type { Capabilities } from '../capabilities.ts';
import type { ModelRequest } from '../model.ts';
import { readCount } from '../reported-usage.ts';

/** The header without which Claude's API rejects the parameter. */
export const CONTEXT_EDITS_BETA = 'context-management-2025-06-27';

/** Converts what Claude may clear. Undefined when the request asks for nothing, or the model does not do it. */
export function toContextManagement(
  { contextEdits, tools }: ModelRequest,
  { context_edits: canEdit }: Capabilities,
): BetaContextManagementConfig | undefined {
  if (contextEdits === undefined || canEdit === 'none') return undefined;
  const { clearToolResults: results, keepThinking } = contextEdits;
  const edits: NonNullable<BetaContextManagementConfig['edits']> = [];
  // The API wants this edit first.
  if (keepThinking !== undefined && canEdit === 'all') {
    edits.push({ type: 'clear_thinking_20251015', keep: { type: 'thinking_turns', value: Math.max(1, keepThinking) } });
  }
  if (results !== undefined && tools.length > 0) {
    edits.push({
      type: 'clear_tool_uses_20250919',
      trigger: { type: 'input_tokens', value: results.trigger },
      keep: { type: 'tool_uses', value: results.keep },
      clear_at_least: { type: 'input_tokens', value: results.clearAtLeast },
    });
  }
  return edits.length === 0 ? undefined : { edits };
}

/** A gateway may have changed or removed parts. */
const Applied = z.object({
  context_management: z.object({ applied_edits: z.array(z.record(z.string(), z.unknown())) }),
});

/** Reads what Claude has cleared from an event or a message. Unknown edits and counts are left out. */
export function readAppliedEdits(reported: unknown): AppliedEdit[] {
  const { data } = Applied.safeParse(reported);
  return (data?.context_management.applied_edits ?? []).flatMap((edit) => {
    const isThinking = typeof edit.type === 'string' && edit.type.startsWith('clear_thinking_');
    const count = readCount(isThinking ? edit.cleared_thinking_turns : edit.cleared_tool_uses);
    const tokens = readCount(edit.cleared_input_tokens);
    if (count === undefined || tokens === undefined) return [];
    return [{ what: isThinking ? ('thinking' as const) : ('tool_results' as const), count, tokens }];
  });
}
