import type { ModelMessage, ModelRequest } from '../../platform/models/model.ts';
import { unescapeShown } from '../../platform/models/show-as-data.ts';
import type { Call } from './script-context.ts';
import { SCRIPTED_NOTICE } from './scripted-notice.ts';

/** Digits with at least one operator between them. Every repetition has a bound, so the time is linear. */
const SUM = /\d[\d.]{0,20}(?:\s{0,3}[-+*/]\s{0,3}\(?\d[\d.]{0,20}\)?){1,20}/;
const TIME = /\b(time|date|day|today|now)\b/i;
const AGENT = /\bagents?\b/i;
const BUILD = /\b(build|sprint)\b/i;
const BUILT = 'Build a counter: a page with a button, and a small API';

/** The most characters of the person's words that an answer repeats. */
const REPEATED = 300;

/**
 * The rehearsal of the chat: answers with what a script can know. It computes sums with `calculator`, tells the time
 * with `current_time`, spawns an agent when the person speaks of one, starts a rehearsal sprint when it is asked to
 * build something, cites what is remembered, and repeats the person's words otherwise.
 */
export function assistantLine(request: ModelRequest): { say: string; calls: Call[] } {
  const last = request.messages.findLastIndex((message) => message.role === 'user');
  const told = textOf(request.messages[last]);
  const asked = withoutFiles(told.replace(/^<memories>[\s\S]*<\/memories>\n+/, '')).trim();
  const results = request.messages
    .slice(last + 1)
    .flatMap((message) => (message.role === 'tool' ? message.results : []));
  const [result] = results;
  if (result !== undefined) return { say: `${SCRIPTED_NOTICE} \`${result.name}\` says: ${result.output}`, calls: [] };
  const call = callFor(asked);
  if (call !== undefined) return { say: 'I look that up with a tool.', calls: [call] };
  const [, ref, text = ''] = /<memory [^<>]*?ref="(M\d+)"[^<>]*>([^<]*)<\/memory>/.exec(told) ?? [];
  const remembered = ref === undefined ? '' : ` I remember: “${unescapeShown(text).trim()}” [${ref}].`;
  const said = asked.length > REPEATED ? `${asked.slice(0, REPEATED).trimEnd()}…` : asked;
  const before = request.messages.slice(0, last).filter((message) => message.role === 'user').length;
  return {
    say: `${SCRIPTED_NOTICE}${remembered} You wrote message ${before + 1} of this conversation: “${said}”. Try “12.5 * 4”, “What time is it?” or “Build a counter”; set a model key for real answers.`,
    calls: [],
  };
}

/** Returns what follows the frames of attached files. A frame ends with its tag and one line about it. */
function withoutFiles(told: string): string {
  const end = told.lastIndexOf('</attached_file>');
  return end < 0 ? told : told.slice(end).split('\n').slice(2).join('\n');
}

function callFor(asked: string): Call | undefined {
  const sum = SUM.exec(asked)?.[0];
  if (sum !== undefined) return { name: 'calculator', arguments: { expression: sum } };
  if (AGENT.test(asked)) return { name: 'spawn_agent', arguments: { task: asked } };
  if (BUILD.test(asked)) return { name: 'start_run', arguments: { kind: 'sprint', task: BUILT } };
  return TIME.test(asked) ? { name: 'current_time', arguments: {} } : undefined;
}

function textOf(message: ModelMessage | undefined): string {
  return message?.role === 'user' ? message.text : '';
}
