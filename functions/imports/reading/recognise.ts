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
  if (!isFields(value)) return 'unknown';
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
