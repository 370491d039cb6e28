import type { ModelEvent, ProviderName, ToolDeclaration } from '../model.ts';
import { ToolCallBuffer } from '../providers/tool-call-buffer.ts';
import { AnswerText } from './answer-text.ts';

/**
 * Separates thinking and tool calls from the text of an answer in Claude's or Gemini's format. Servers of local models
 * speak these formats, too, and models that know no other form now and then write a call as text. Such a call counts
 * only when the answer has no other one.
 */
export async function* separateText(
  provider: ProviderName,
  events: AsyncIterable<ModelEvent>,
  tools: readonly ToolDeclaration[],
): AsyncGenerator<ModelEvent> {
  const text = new AnswerText(tools);
  const taken = new Set<string>();
  for await (const event of events) {
    if (event.type === 'text_delta') {
      yield* text.add(event.text);
      continue;
    }
    if (event.type === 'tool_call') taken.add(event.call.id);
    if (event.type === 'finish') {
      const { events: last, calls } = text.end();
      yield* last;
      for (const call of taken.size > 0 ? [] : calls) {
        const buffer = new ToolCallBuffer(provider, undefined, call.name);
        buffer.append(call.arguments);
        yield { type: 'tool_call', call: buffer.finish(taken) };
      }
    }
    yield event;
  }
}
