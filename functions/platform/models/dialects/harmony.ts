import { bareName, type TextCall, type TextCalls } from './text-call.ts';

const HEAD =
  /\s{0,50}(?:<\|start\|>assistant)?([^<]{0,200})<\|channel\|>([^<]{0,200})(?:<\|constrain\|>([^<]{0,50}))?<\|message\|>/y;
const END = /<\|(?:end|call|return)\|>|(?=<\|(?:start|channel)\|>)/g;

/**
 * Reads the messages of gpt-oss (OpenAI's harmony format), when a server does not: `analysis` is thinking, a message
 * with a recipient is a call, and the others are the answer. Returns undefined when the text begins with no message.
 */
export function readHarmony(text: string): TextCalls | undefined {
  const calls: TextCall[] = [];
  const read = { thinking: '', text: '' };
  let at = 0;
  for (let head = headAt(text, at); head !== null; head = headAt(text, at)) {
    const from = at + head[0].length;
    END.lastIndex = from;
    const end = END.exec(text);
    const body = text.slice(from, end?.index ?? text.length);
    at = end === null ? text.length : end.index + end[0].length;
    const to = /\bto=([\w.-]{1,200})/.exec(`${head[1]} ${head[2]}`)?.[1];
    if (to !== undefined) calls.push({ name: bareName(to), arguments: body });
    else if (/^\s*analysis/.test(head[2] ?? '')) read.thinking += body;
    else read.text += body;
  }
  return at === 0 ? undefined : { calls, end: at, ...read };
}

function headAt(text: string, at: number): RegExpExecArray | null {
  HEAD.lastIndex = at;
  return HEAD.exec(text);
}
