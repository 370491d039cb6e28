import type { ToolDeclaration } from '../model.ts';
import { bareName, type TextCall } from './text-call.ts';

/** Calls that were read, and where they end. */
export interface Found {
  calls: TextCall[];
  end: number;
}

/** Arguments between marks: DeepSeek's and Kimi's. */
const SECTIONS = [
  { begin: '<｜tool▁call▁begin｜>', middle: '<｜tool▁sep｜>', end: '<｜tool▁call▁end｜>' },
  { begin: '<|tool_call_begin|>', middle: '<|tool_call_argument_begin|>', end: '<|tool_call_end|>' },
];
/** Reads `{"name": …, "arguments": …}`, or a list of them. JSON that is no call becomes a call without a name. */
export function readJson(text: string, at: number): Found | undefined {
  if (text[at] !== '{' && !/^\[\s*\{/.test(text.slice(at, at + 20))) return undefined;
  const end = endOfJson(text, at);
  const json = text.slice(at, end);
  const parsed = parse(json);
  const calls = parsed === undefined ? [brokenCall(json)] : (Array.isArray(parsed) ? parsed : [parsed]).map(toCall);
  return calls.length === 0 ? undefined : { calls: calls.map((call) => call ?? { name: '', arguments: json }), end };
}

function toCall(value: unknown): TextCall | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const inner = fields.get('function');
  if (typeof inner === 'object' && inner !== null) return toCall(inner);
  const name = fields.get('name') ?? inner;
  const given = fields.get('arguments') ?? fields.get('parameters') ?? {};
  const others = [...fields.keys()].filter((key) => !/^(?:name|function|arguments|parameters|id|type)$/.test(key));
  if (typeof name !== 'string' || others.length > 0) return undefined;
  return { name: bareName(name), arguments: typeof given === 'string' ? given : JSON.stringify(given) };
}

/** Returns the parts of a call whose JSON is broken. What can be repaired is decided where other calls are. */
function brokenCall(json: string): TextCall | undefined {
  const head = json.slice(0, 2_000);
  const name = /"(?:name|function)"\s{0,20}:\s{0,20}"([\w.:-]{1,200})"/.exec(head)?.[1];
  const start = /"(?:arguments|parameters)"\s{0,20}:\s{0,20}/.exec(head);
  if (name === undefined) return undefined;
  const from = start === null ? 0 : start.index + start[0].length;
  return { name: bareName(name), arguments: json.slice(from, endOfJson(json, from)) };
}

/** Reads `name[ARGS]{…}` of Mistral, with an id between or without the mark. */
export function readNamed(text: string, at: number): Found | undefined {
  const head = /^([\w.-]{1,200})(?:\[CALL_ID\]\w{1,64})?\s{0,20}(?:\[ARGS\]\s{0,20})?(?=\{)/.exec(
    text.slice(at, at + 400),
  );
  if (head === null) return undefined;
  const from = at + head[0].length;
  const end = endOfJson(text, from);
  return { calls: [{ name: bareName(head[1] ?? ''), arguments: text.slice(from, end) }], end };
}

/** Reads one call between special tokens. DeepSeek's older form has a type, the name and fenced JSON. */
export function readSection(text: string, at: number): Found | undefined {
  const form = SECTIONS.find(({ begin }) => text.startsWith(begin, at));
  if (form === undefined) return undefined;
  const from = at + form.begin.length;
  const then = text.indexOf(form.middle, from);
  if (then < 0) return undefined;
  const after = then + form.middle.length;
  const close = text.indexOf(form.end, after);
  const end = close < 0 ? text.length : close;
  const head = text.slice(from, then).trim();
  const body = text.slice(after, end).trim();
  const fenced = head === 'function' ? /^([\w.-]{1,200})\s*```(?:json)?\s*/.exec(body) : null;
  const name = fenced?.[1] ?? head;
  const given = fenced === null ? body : body.slice(fenced[0].length).replace(/```$/, '');
  if (!/^[\w.:-]{1,220}$/.test(name)) return undefined;
  return { calls: [{ name: bareName(name), arguments: given }], end: close < 0 ? end : close + form.end.length };
}

const FUNCTION = /(?:<function=([\w.-]{1,200})>|<(?:｜DSML｜)?invoke name="([\w.-]{1,200})"\s{0,9}>)\s*/y;
const PARAMETER = /\s*(?:<parameter=([\w.-]{1,200})>|<(?:｜DSML｜)?parameter name="([\w.-]{1,200})"[^>]{0,100}>)/y;
const END_OF_FUNCTION = /\s*<\/(?:｜DSML｜)?(?:function|invoke)>/y;
const END_OF_PARAMETER =
  /<\/(?:｜DSML｜)?parameter>(?=\s*(?:<(?:｜DSML｜)?parameter|<\/(?:｜DSML｜)?(?:function|invoke)>|$))/g;

/** Reads `<function=name><parameter=key>value</parameter></function>`, or the same with `invoke` and `name="…"`. */
export function readParameters(text: string, at: number, tools: readonly ToolDeclaration[]): Found | undefined {
  const head = matchAt(FUNCTION, text, at);
  if (head === null) return undefined;
  const name = bareName(head[1] ?? head[2] ?? '');
  let end = at + head[0].length;
  const values: [string, string][] = [];
  if (text[end] === '{') {
    const close = endOfJson(text, end);
    const tail = matchAt(END_OF_FUNCTION, text, close);
    return { calls: [{ name, arguments: text.slice(end, close) }], end: close + (tail?.[0].length ?? 0) };
  }
  for (let key = matchAt(PARAMETER, text, end); key !== null; key = matchAt(PARAMETER, text, end)) {
    const from = end + key[0].length;
    END_OF_PARAMETER.lastIndex = from;
    const close = END_OF_PARAMETER.exec(text);
    const to = close?.index ?? text.length;
    values.push([key[1] ?? key[2] ?? '', text.slice(from, to).replace(/^\n/, '').replace(/\n$/, '')]);
    end = to + (close?.[0].length ?? 0);
  }
  const tail = matchAt(END_OF_FUNCTION, text, end);
  return { calls: [typed(name, values, tools)], end: end + (tail?.[0].length ?? 0) };
}

/** Reads GLM's `name`, `<arg_key>key</arg_key>`, `<arg_value>value</arg_value>`. */
export function readPairs(text: string, at: number, tools: readonly ToolDeclaration[]): Found | undefined {
  const head = /^([\w.-]{1,200})\s*(?=<arg_key>|<\/tool_call>)/.exec(text.slice(at, at + 300));
  if (head === null) return undefined;
  let end = at + head[0].length;
  const values: [string, string][] = [];
  const pair = /\s*<arg_key>([\w.-]{1,200})<\/arg_key>\s*<arg_value>/y;
  for (let key = matchAt(pair, text, end); key !== null; key = matchAt(pair, text, end)) {
    const from = end + key[0].length;
    const close = text.indexOf('</arg_value>', from);
    const to = close < 0 ? text.length : close;
    values.push([key[1] ?? '', text.slice(from, to)]);
    end = close < 0 ? to : close + '</arg_value>'.length;
  }
  return { calls: [typed(bareName(head[1] ?? ''), values, tools)], end };
}

/** Builds the arguments. Values are text unless the tool declares another type. */
function typed(name: string, values: readonly [string, string][], tools: readonly ToolDeclaration[]): TextCall {
  const declared = tools.find((tool) => tool.name === name)?.parameters.properties;
  const properties = new Map<string, unknown>(Object.entries(declared ?? {}));
  const isText = (schema: unknown) =>
    typeof schema !== 'object' || schema === null || !('type' in schema) || schema.type === 'string';
  const entries = values.map(([key, value]) => [key, isText(properties.get(key)) ? value : (parse(value) ?? value)]);
  return { name, arguments: JSON.stringify(Object.fromEntries(entries)) };
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Returns where the object or list that begins at `at` ends, or the end of the text when it is not closed. */
function endOfJson(text: string, at: number): number {
  let depth = 0;
  let isInString = false;
  for (let index = at; index < text.length; index += 1) {
    const character = text[index];
    if (isInString) {
      if (character === '\\') index += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth <= 0) return index + 1;
    }
  }
  return text.length;
}
