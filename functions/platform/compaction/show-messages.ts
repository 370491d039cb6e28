import { cutMiddle } from '../cut-text.ts';
import type { ModelMessage } from '../models/model.ts';
import { showAsData, showOnOneLine } from '../models/show-as-data.ts';

/** The answers after a long result say what it led to, so the summarising model reads a part of it. */
const RESULT_CHARACTERS = 2_000;

/**
 * Returns messages as a summarising model reads them: escaped data in a frame. No text has more than `longest`
 * characters. Thinking and signatures are left out.
 */
export function showMessages(messages: readonly ModelMessage[], longest = Number.POSITIVE_INFINITY): string {
  return messages.flatMap((message) => showMessage(message, longest)).join('\n');
}

function showMessage(message: ModelMessage, longest: number): string[] {
  if (message.role === 'tool') {
    const most = Math.min(longest, RESULT_CHARACTERS);
    return message.results.map(
      ({ name, output, isError }) =>
        `<result tool="${showOnOneLine(name)}"${isError ? ' failed="yes"' : ''}>\n${showCut(output, most)}\n</result>`,
    );
  }
  const said = message.text === '' ? [] : [`<${message.role}>\n${showCut(message.text, longest)}\n</${message.role}>`];
  if (message.role === 'user')
    return [...said, ...(message.images ?? []).map(({ name }) => `<image name="${showOnOneLine(name)}"/>`)];
  const most = Math.min(longest, RESULT_CHARACTERS);
  const calls = message.toolCalls.map(
    ({ name, arguments: given }) =>
      `<call tool="${showOnOneLine(name)}">${showCut(JSON.stringify(given), most)}</call>`,
  );
  return [...said, ...calls];
}

function showCut(text: string, most: number): string {
  const removed = text.length - most;
  if (removed <= 0) return showAsData(text);
  return `[${removed} characters in the middle are not shown]\n${showAsData(cutMiddle(text, most))}`;
}
