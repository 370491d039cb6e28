import type { ToolDeclaration } from '../model.ts';
import { readHarmony } from './harmony.ts';
import type { TextCall, TextCalls } from './text-call.ts';
import { readJson, readNamed, readPairs, readParameters, readSection } from './text-call-forms.ts';

/** What begins a call in the text of local models whose server did not parse it. */
export const CALL_MARKS = [
  '<tool_call>',
  '<tool_calls>',
  '<|tool_call|>',
  '<function_call>',
  '<function_calls>',
  '<minimax:tool_call>',
  '<｜DSML｜function_calls>',
  '<function=',
  '<invoke name=',
  '[TOOL_CALLS]',
  '<|python_tag|>',
  '<｜tool▁calls▁begin｜>',
  '<|tool_calls_section_begin|>',
  '<|channel|>',
  '<|start|>assistant',
];

/** Tags that stand around calls and between them, in a sticky expression. */
const AROUND = new RegExp(
  `(?:${[
    '\\s',
    ';',
    '</s>',
    '</?(?:minimax:)?tool_calls?>',
    '<\\|/?tool_call\\|>',
    '</?(?:｜DSML｜)?function_calls?>',
    '\\[/?TOOL_CALLS\\]',
    '<\\|(?:python_tag|eom_id|eot_id|im_end)\\|>',
    '<\\|tool_calls_section_(?:begin|end)\\|>',
    '<｜tool▁calls▁(?:begin|end)｜>',
  ].join('|')})+`,
  'y',
);
const MOST_CALLS = 128;

/**
 * Reads the calls at the beginning of a text: JSON (Hermes, Qwen, Llama, Mistral), XML (Qwen Coder, MiniMax,
 * DeepSeek), GLM's pairs, and the special tokens of DeepSeek, Kimi and gpt-oss. A call may name a tool that does not
 * exist and have broken arguments. JSON without a tag must be the whole text and name an offered tool. Returns
 * undefined when the text begins no call, or goes on in the same line, as a sentence about calls does.
 */
export function readTextCalls(text: string, tools: readonly ToolDeclaration[]): TextCalls | undefined {
  if (/^<\|(?:channel|start)\|>/.test(text)) return readHarmony(text);
  const calls: TextCall[] = [];
  let at = skipAround(text, 0);
  const isTagged = text.slice(0, at).trim() !== '' || text[at] === '<';
  let end = 0;
  while (calls.length < MOST_CALLS) {
    const found =
      readJson(text, at) ??
      readSection(text, at) ??
      readParameters(text, at, tools) ??
      (isTagged ? (readNamed(text, at) ?? readPairs(text, at, tools)) : undefined);
    if (found === undefined) break;
    calls.push(...found.calls);
    end = found.end;
    at = skipAround(text, end);
  }
  const isBare =
    !isTagged && (at < text.length || !calls.every(({ name }) => tools.some((tool) => tool.name === name)));
  const isSentence = at < text.length && !text.slice(end, at).includes('\n');
  return calls.length === 0 || isBare || isSentence ? undefined : { calls, end: at, thinking: '', text: '' };
}

function skipAround(text: string, at: number): number {
  AROUND.lastIndex = at;
  return at + (AROUND.exec(text)?.[0].length ?? 0);
}
