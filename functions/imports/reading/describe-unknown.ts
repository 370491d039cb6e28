import { cutText } from '../../platform/cut-text.ts';
import { isFields } from './recognise.ts';

/** Exports of other products, by a field that only they have. */
const OTHERS: readonly (readonly [product: string, field: string])[] = [
  ['ChatGPT', 'mapping'],
  ['Claude', 'chat_messages'],
  ['Gemini', 'safeHtmlItem'],
  ['Slack', 'client_msg_id'],
];

/** What the kinds of `recognise.ts` are known by. */
const READ =
  'An import reads files of ApexAurum and ApexFlow v1: conversations (`messages`), group chats (`history`), ' +
  'knowledge and facts (`text`), keys of memory.json (`value`), sessions (`graph_data`) and preferences.';

const MOST_FIELDS = 6;

/** Says what a value is that no exporter of these systems writes, and what an import reads instead. */
export function describeUnknown(value: unknown): string {
  return `${whatIs(value)} ${READ}`;
}

function whatIs(value: unknown): string {
  if (value === null) return 'It is empty (null).';
  if (Array.isArray(value)) return `It is a list with ${value.length} entries, and not an object.`;
  if (!isFields(value)) return `It is a ${typeof value === 'string' ? 'text' : typeof value}, and not an object.`;
  const other = OTHERS.find(([, field]) => Object.hasOwn(value, field));
  if (other !== undefined)
    return `It is of ${other[0]}, whose exports are not read (it has the field \`${other[1]}\`).`;
  for (const list of ['messages', 'history', 'nodes'])
    if (Object.hasOwn(value, list) && !Array.isArray(value[list])) return `Its field \`${list}\` is no list.`;
  const names = Object.keys(value);
  if (names.length === 0) return 'It is an object without fields.';
  const shown = names.slice(0, MOST_FIELDS).map((name) => `\`${cutText(name, 40)}\``);
  const more = names.length > MOST_FIELDS ? ` and ${names.length - MOST_FIELDS} more` : '';
  return `It is an object with the fields ${shown.join(', ')}${more}.`;
}
