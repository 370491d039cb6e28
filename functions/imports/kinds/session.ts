import { createHash } from 'node:crypto';
import { type Part, titleOf } from '../../chat/chat.ts';
import { cutText } from '../../platform/cut-text.ts';
import { isFields } from '../reading/recognise.ts';
import { conversationItem, type ReadConversation } from './conversation.ts';
import { changeTime, numberOf, pastTime, textOf } from './fields.ts';
import type { ParseItem } from './kind.ts';
import { UnreadableItem } from './kind.ts';

type Fields = Record<string, unknown>;

/**
 * Reads a session of ApexFlow v1: a file in NetworkX's node-link form, or a row of its table `sessions` that has the
 * graph in `graph_data`. It becomes a conversation of the user: the query, and an answer with a call for each node. Not
 * a run: runs are seen by the whole tenant, have recorded turns and can be repeated.
 */
export const parseSession: ParseItem = (value) => {
  const data = isFields(value.graph_data) ? value.graph_data : value;
  const graph = isFields(data.graph) ? data.graph : {};
  const query = textOf(value.query) ?? textOf(value.original_query) ?? textOf(graph.original_query);
  if (query === undefined) throw new UnreadableItem('`original_query` is missing: a session begins with its query.');
  const list = Array.isArray(data.nodes) ? data.nodes.filter(isFields) : [];
  const nodes = list.filter(({ id }) => id !== 'ROOT');
  const created = pastTime(value.created_at ?? graph.created_at);
  const createdAt = created.time ?? new Date().toISOString();
  const ends = nodes.flatMap(({ end_time: end }) => pastTime(end).time ?? []).sort();
  const updatedAt = pastTime(value.completed_at).time ?? ends.at(-1) ?? createdAt;
  const result = resultOf(value, graph, nodes);
  const answer: Part[] = [
    ...nodes.map(toCall),
    ...(result === '' ? [] : [{ type: 'text' as const, turn: nodes.length, text: result }]),
  ];
  const common = { model: null, images: [] };
  const hash = createHash('sha256').update(JSON.stringify(answer)).digest('hex');
  const conversation: ReadConversation = {
    title: cutText(titleOf(query), 200),
    model: undefined,
    tags: ['ApexFlow'],
    favorite: false,
    archived: false,
    createdAt,
    updatedAt,
    messages: [
      { ...common, at: 0, role: 'user', content: query, parts: [], createdAt, hash: 'query' },
      { ...common, at: 1, role: 'assistant', content: result, parts: answer, createdAt: updatedAt, hash },
    ],
  };
  const sourceId = textOf(value.id) ?? textOf(value.session_id) ?? textOf(graph.session_id);
  const changedAt = changeTime(value.completed_at) ?? ends.at(-1);
  return conversationItem(conversation, { sourceId, updatedAt: changedAt, notes: [], rest: value });
};

function toCall(node: Fields, turn: number): Part {
  const status = textOf(node.status) ?? 'pending';
  const error = textOf(node.error);
  const output = error ?? (node.output === undefined || node.output === null ? undefined : asText(node.output));
  const seconds = numberOf(node.execution_time);
  return {
    type: 'tool',
    id: `${turn}.0`,
    tool: textOf(node.agent) ?? 'agent',
    arguments: {
      node: textOf(node.id) ?? String(turn),
      ...(textOf(node.description) === undefined ? {} : { description: node.description }),
      ...(textOf(node.agent_prompt) === undefined ? {} : { prompt: node.agent_prompt }),
      ...(status === 'completed' ? {} : { status }),
    },
    status: status === 'completed' || status === 'failed' ? 'completed' : 'not_run',
    is_error: error !== undefined || status === 'failed',
    output: output ?? null,
    truncated: false,
    duration_ms: seconds === undefined || seconds < 0 ? null : Math.min(Math.round(seconds * 1000), 2 ** 31),
  };
}

/** Returns the values that nodes write and no node reads: the result of a session, as ApexFlow shows it. */
function resultOf(value: Fields, graph: Fields, nodes: readonly Fields[]): string {
  const namesOf = (field: 'reads' | 'writes') =>
    nodes.flatMap((node) => (Array.isArray(node[field]) ? node[field].filter((name) => typeof name === 'string') : []));
  const read = new Set(namesOf('reads'));
  const values = isFields(graph.globals_schema) ? graph.globals_schema : {};
  const written = namesOf('writes').filter((name) => !read.has(name) && Object.hasOwn(values, name));
  const final = [...new Set(written)].map((name) => asText(values[name]));
  return [...(final.length > 0 ? final : [textOf(value.result) ?? '']), textOf(graph.error) ?? '']
    .filter((text) => text.trim() !== '')
    .join('\n\n');
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, undefined, 2);
}
