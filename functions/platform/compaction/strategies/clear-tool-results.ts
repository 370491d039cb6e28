import { cutText } from '../../cut-text.ts';
import type { ModelMessage, ToolResult } from '../../models/model.ts';
import { fits, older, withMessages, withStep } from '../draft.ts';
import type { Strategy } from './strategy.ts';

/** What is left of a cleared result. */
const KEPT_CHARACTERS = 200;
/** Exchanges are cleared in groups, so that the beginning of the conversation stays the same, and cached, for turns. */
const GROUP = 4;

/** Replaces the oldest tool results by their first characters. Answers and calls stay, so the model can call again. */
export const clearToolResults: Strategy = {
  name: 'clear_tool_results',
  reduce(draft, frame) {
    const old = older(draft, frame.input.keep);
    const whole = old.length < GROUP ? old : old.slice(0, old.length - (old.length % GROUP));
    let after = draft;
    const cleared: number[] = [];
    for (let start = 0; start < whole.length && !fits(after, frame); start += GROUP) {
      for (const { first, messages } of whole.slice(start, start + GROUP)) {
        const changed = messages.map(withClearedResults);
        cleared.push(...changed.flatMap((message, index) => (message === messages[index] ? [] : [first + index])));
        after = withMessages(after, first, changed);
      }
    }
    return { draft: withStep(frame, [draft, after], 'clear_tool_results', cleared) };
  },
};

function withClearedResults(message: ModelMessage): ModelMessage {
  if (message.role !== 'tool' || !message.results.some(isLong)) return message;
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
