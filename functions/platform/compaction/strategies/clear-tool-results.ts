import { cutText } from '../../cut-text.ts';
import type { ToolResult } from '../../models/model.ts';
import { older, type ToolMessage, tokensOf, withResults, withStep } from '../draft.ts';
import type { Strategy } from './strategy.ts';

/** What is left of a cleared result. */
const KEPT_CHARACTERS = 200;
/** Exchanges are cleared in groups, so that the beginning of the conversation stays the same, and cached, for turns. */
const GROUP = 4;

/** Replaces the oldest tool results by their first characters. Answers and calls stay, so the model can call again. */
export const clearToolResults: Strategy = {
  name: 'clear_tool_results',
  reduce(draft, frame) {
    const { budget, keep } = frame.input;
    const old = older(draft, keep);
    const mayClear = old.length < GROUP ? old.length : old.length - (old.length % GROUP);
    let count = 0;
    for (let total = tokensOf(draft, frame); count < mayClear && total > budget; count += GROUP) {
      for (const { messages } of old.slice(count, Math.min(mayClear, count + GROUP))) {
        const results = messages.filter((message) => message.role === 'tool');
        total -= frame.sizeOf(results) - frame.sizeOf(results.map(cleared));
      }
    }
    const after = withResults(draft, old.slice(0, Math.min(mayClear, count)), cleared);
    return { draft: withStep(frame, [draft, after.draft], 'clear_tool_results', after.changed) };
  },
};

function cleared(message: ToolMessage): ToolMessage {
  if (!message.results.some(isLong)) return message;
  return { ...message, results: message.results.map((result) => (isLong(result) ? clear(result) : result)) };
}

function isLong({ output }: ToolResult): boolean {
  return output.length > 2 * KEPT_CHARACTERS;
}

function clear(result: ToolResult): ToolResult {
  const start = cutText(result.output, KEPT_CHARACTERS);
  const removed = result.output.length - start.length;
  return {
    ...result,
    output: `${start}\n[${removed} more characters were removed to save room; call again if needed]`,
  };
}
