import { cutText } from '../../platform/cut-text.ts';
import type { ItemKind } from '../import.ts';

type Fields = Record<string, unknown>;

/** Lists in an object whose elements are items of their own. */
const LISTS: ReadonlySet<string> = new Set(['conversations', 'facts', 'memories', 'sessions']);

export function isList(key: string): boolean {
  return LISTS.has(key);
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const has = (value: Fields, ...names: string[]) => names.some((name) => Object.hasOwn(value, name));
const hasAll = (value: Fields, ...names: string[]) => names.every((name) => Object.hasOwn(value, name));

/** What an exporter writes anew each time. It says nothing about what is exported. */
export const OF_THE_EXPORT = ['exported_at', 'export_format', 'statistics'];

/** Exports of other products, by a field that only they have. A message of Slack would else pass as a fact. */
const OTHERS = [
  { product: 'ChatGPT', field: 'mapping' },
  { product: 'Claude', field: 'chat_messages' },
  { product: 'Gemini', field: 'safeHtmlItem' },
  { product: 'Slack', field: 'client_msg_id' },
];

/** Returns the product whose export has such an item, and the field that tells; undefined for any other item. */
function otherProductOf(value: Fields): { product: string; field: string } | undefined {
  return OTHERS.find(({ field }) => has(value, field));
}

/** The fields that tell where a text of the village belongs; a remembered fact of a user has none of them. */
const OF_THE_VILLAGE = ['visibility', 'agent_id', 'conversation_thread', 'responding_to', 'related_agents'];

/** How to recognise an item by its fields; the first that fits counts. */
const SIGNS: readonly (readonly [ItemKind, (value: Fields) => boolean])[] = [
  ['conversation', (value) => Array.isArray(value.messages)],
  ['session', (value) => has(value, 'graph_data') || (Array.isArray(value.nodes) && has(value, 'graph', 'directed'))],
  ['group_chat', (value) => Array.isArray(value.history)],
  ['music_task', (value) => hasAll(value, 'task_id', 'prompt')],
  ['agent', (value) => hasAll(value, 'agent_id', 'task')],
  ['knowledge', (value) => typeof value.text === 'string' && has(value, ...OF_THE_VILLAGE)],
  ['fact', (value) => typeof value.text === 'string'],
  ['analytics', (value) => has(value, 'daily_summaries')],
  ['presets', (value) => has(value, 'built_in', 'active_preset_id')],
  ['settings', (value) => hasAll(value, 'settings', 'system_prompts')],
  ['search_index', (value) => hasAll(value, 'indexed_at', 'message_count')],
  ['dataset', (value) => hasAll(value, 'source_files', 'chunk_count')],
  [
    'preferences',
    (value) =>
      has(value, 'preferences', 'operating_ctx', 'soft_identity') ||
      has(value, 'output_contract', 'anti_preferences', 'developer_posture', 'professional_context'),
  ],
];

/** Returns what a value is that stands alone: an element of an array, or a whole file. */
export function kindOf(value: unknown): ItemKind {
  if (!isFields(value) || otherProductOf(value) !== undefined) return 'unknown';
  return SIGNS.find(([, fits]) => fits(value))?.[0] ?? 'unknown';
}

/** Returns what an element of a list in an object is. The name of the list decides what its texts are. */
export function kindInList(list: string, value: unknown): ItemKind {
  const kind = kindOf(value);
  return kind === 'fact' && list === 'facts' ? 'knowledge' : kind;
}

/** The kinds that come as an object with an item for each id. */
const BY_ID: ReadonlySet<ItemKind> = new Set(['conversation', 'group_chat', 'agent', 'music_task', 'search_index']);

/** Returns what a member of an object is, when it is an item of its own; undefined for a field of the whole file. */
export function kindOfMember(value: unknown): ItemKind | undefined {
  if (!isFields(value)) return undefined;
  if (has(value, 'value') && has(value, 'stored_at', 'metadata')) return 'memory_key';
  const kind = kindOf(value);
  return BY_ID.has(kind) ? kind : undefined;
}

const READ =
  'An import reads conversations, group chats, knowledge, facts, memory.json, sessions and preferences of ' +
  'ApexAurum and ApexFlow v1.';

const MOST_FIELDS = 6;

/** Says what a value is that no exporter of these systems writes, and what an import reads instead. */
export function describeUnknown(value: unknown): string {
  return `${whatIs(value)} ${READ}`;
}

function whatIs(value: unknown): string {
  if (value === null) return 'It is empty (null).';
  if (Array.isArray(value)) return `It is a list with ${value.length} entries, and not an object.`;
  if (!isFields(value)) return `It is a ${typeof value === 'string' ? 'text' : typeof value}, and not an object.`;
  const other = otherProductOf(value);
  if (other !== undefined)
    return `It is of ${other.product}: it has the field \`${other.field}\`. Exports of ${other.product} are not read.`;
  if (Object.hasOwn(value, 'text') && typeof value.text !== 'string') return 'Its field `text` is no text.';
  for (const list of ['messages', 'history', 'nodes'])
    if (Object.hasOwn(value, list) && !Array.isArray(value[list])) return `Its field \`${list}\` is no list.`;
  const names = Object.keys(value);
  if (names.length === 0) return 'It is an object without fields.';
  const shown = names.slice(0, MOST_FIELDS).map((name) => `\`${cutText(name, 40)}\``);
  const more = names.length > MOST_FIELDS ? ` and ${names.length - MOST_FIELDS} more` : '';
  return `It is an object with the field${names.length === 1 ? '' : 's'} ${shown.join(', ')}${more}.`;
}
