import { z } from 'zod';
import type { ModelEvent, Thinking, ToolDeclaration } from '../model.ts';
import { AnswerText } from './answer-text.ts';
import type { TextCall } from './text-call.ts';

const text = z.string().nullish().catch(undefined);
const Part = z.union([
  z.object({ type: z.literal('thinking'), thinking: z.union([z.string(), z.array(z.object({ text }))]) }),
  z.object({ text: z.string() }),
]);
const Detail = z.record(z.string(), z.unknown());
const Delta = z.object({
  content: z
    .union([z.string(), z.array(z.unknown())])
    .nullish()
    .catch(undefined),
  reasoning_content: text,
  reasoning: text,
  reasoning_details: z.array(Detail).nullish().catch(undefined),
});

/** No answer has more signed blocks. Pieces of a text block are joined, so the number does not grow with the stream. */
const MOST_DETAILS = 1_000;

/**
 * Reads the text of a streamed answer: content as text or as a list of parts, thinking in fields of its own, in parts
 * or between tags, and tool calls that are written as text.
 */
export class AnswerReader {
  readonly #text: AnswerText;
  #details: Record<string, unknown>[] = [];

  constructor(tools: readonly ToolDeclaration[]) {
    this.#text = new AnswerText(tools);
  }

  /** Reads the delta of a chunk. Fields of an unexpected type count as missing. */
  read(delta: unknown): ModelEvent[] {
    const parsed = Delta.safeParse(delta ?? {});
    if (!parsed.success) return [];
    const { content, reasoning_content, reasoning, reasoning_details } = parsed.data;
    for (const detail of reasoning_details ?? []) this.#addDetail(detail);
    const place: Thinking['place'] = reasoning_content ? 'reasoning_content' : 'reasoning';
    // A server that sends both fields sends the same text twice.
    const thought = reasoning_content || reasoning;
    return [
      ...(thought ? [{ type: 'thinking_delta' as const, text: thought, place }] : []),
      ...(typeof content === 'string' ? this.#text.add(content) : (content ?? []).flatMap((part) => this.#part(part))),
    ];
  }

  /** Ends the answer. Returns the events that were held back and the calls that were written as text. */
  end(): { events: ModelEvent[]; calls: TextCall[] } {
    const { events, calls } = this.#text.end();
    const details = this.#details;
    if (details.length > 0) events.push({ type: 'thinking_delta', text: '', place: 'reasoning', details });
    return { events, calls };
  }

  #part(value: unknown): ModelEvent[] {
    const part = Part.safeParse(value).data;
    if (part === undefined) return [];
    if ('text' in part) return this.#text.add(part.text);
    const thought =
      typeof part.thinking === 'string' ? part.thinking : part.thinking.map((piece) => piece.text ?? '').join('');
    return thought === '' ? [] : [{ type: 'thinking_delta', text: thought, place: 'parts' }];
  }

  /** Joins the pieces of a block: its texts, and its signature, which comes with the last piece. */
  #addDetail(detail: Record<string, unknown>): void {
    const last = this.#details.at(-1);
    if (
      last === undefined ||
      last.type !== detail.type ||
      last.index !== detail.index ||
      last.type !== 'reasoning.text'
    ) {
      if (this.#details.length < MOST_DETAILS) this.#details.push(detail);
      return;
    }
    const joined = `${last.text ?? ''}${detail.text ?? ''}`;
    Object.assign(last, detail, { text: joined, signature: detail.signature ?? last.signature ?? null });
  }
}
