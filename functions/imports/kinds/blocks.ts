import type { Part } from '../../chat/chat.ts';
import { isFields } from '../reading/recognise.ts';
import { isTrue, textOf } from './fields.ts';

/** What the content of a message is made of, in its order. */
export interface ReadContent {
  text: string;
  parts: Part[];
  /** Base64 of their bytes. The content decides what they are, not the type that the source names. */
  images: string[];
  /** Results of calls in earlier messages, by the id of the call. */
  results: { callId: string; output: string; isError: boolean }[];
  /** The ids of the calls among the parts, in their order. */
  callIds: string[];
  /** Blocks that this product does not know. */
  unknown: unknown[];
}

/** Reads the content of a message: text, or blocks as Claude's API has them. */
export function readContent(content: unknown, turn: number): ReadContent {
  const found: ReadContent = { text: '', parts: [], images: [], results: [], callIds: [], unknown: [] };
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  if (Array.isArray(blocks)) for (const block of blocks) readBlock(found, block, turn);
  else if (content !== undefined && content !== null) found.unknown.push(content);
  found.text = found.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n\n');
  return found;
}

function readBlock(found: ReadContent, block: unknown, turn: number): void {
  const fields = typeof block === 'string' ? { type: 'text', text: block } : isFields(block) ? block : {};
  const { type } = fields;
  if (type === 'text' && typeof fields.text === 'string') found.parts.push({ type, turn, text: fields.text });
  else if (type === 'thinking' && typeof fields.thinking === 'string')
    found.parts.push({ type, turn, text: fields.thinking });
  else if (type === 'image' && isFields(fields.source) && typeof fields.source.data === 'string')
    found.images.push(fields.source.data);
  else if (type === 'tool_use') {
    const index = found.callIds.length;
    found.callIds.push(textOf(fields.id) ?? `call ${index}`);
    found.parts.push({
      type: 'tool',
      id: `${turn}.${index}`,
      tool: textOf(fields.name) ?? 'unknown',
      arguments: isFields(fields.input) ? fields.input : { input: fields.input ?? null },
      status: 'not_run',
      is_error: false,
      output: null,
      truncated: false,
      duration_ms: null,
    });
  } else if (type === 'tool_result') {
    const inner = readContent(fields.content, turn);
    found.images.push(...inner.images);
    const output = [inner.text, ...inner.unknown.map((one) => JSON.stringify(one))].filter((one) => one !== '');
    found.results.push({
      callId: textOf(fields.tool_use_id) ?? '',
      output: output.join('\n\n'),
      isError: isTrue(fields.is_error),
    });
  } else found.unknown.push(block);
}
