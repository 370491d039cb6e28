import type { Database, Queryable } from '../platform/database/database.ts';
import { findAnswerRecords } from '../runs/answer-record.ts';
import { type Delta, isTerminal, type LogLine } from '../runs/events/event.ts';
import { findPartialTurn, followRun, type PartialTurn } from '../runs/events/follow-run.ts';
import type { Message } from './chat.ts';
import { showMessages } from './show-messages.ts';
import { findMessage } from './sql/message.ts';

/**
 * What a reader of an answer gets. Events with a `seq` are numbered by the run; `token` and `thinking` are transient:
 * their `at` is their place in the text of the turn in code points, and `turn` brings the whole text.
 */
export type AnswerEvent =
  | { type: 'start'; data: Ids & { model: string | null } }
  | { type: 'token' | 'thinking'; data: Ids & { turn: number; at: number; content: string } }
  | { type: 'tool_start'; seq: number; data: Ids & { id: string; tool: string; about: string } }
  | { type: 'tool_complete'; seq: number; data: Ids & ToolResult }
  | { type: 'turn'; seq: number; data: Ids & { turn: number; text: string; tokens: unknown; cost_usd: unknown } }
  | { type: 'question'; seq: number; data: Ids & Record<string, unknown> }
  | { type: 'notice'; seq: number; data: Ids & { event: string; message: string } }
  | { type: 'end'; seq: number; data: Ids & { message: Message } };

interface Ids {
  conversation_id: string;
  message_id: string;
  run_id: string;
}

interface ToolResult {
  id: string;
  tool: string;
  is_error: boolean;
  output: string;
  duration_ms: number;
}

interface FollowedAnswer {
  database: Database;
  read: Queryable;
  conversationId: string;
  messageId: string;
  runId: string;
  /** The number of the last event that the reader has. */
  after: number;
  signal: AbortSignal;
}

/**
 * Follows an answer until its end. A reader who joins later gets the text so far first. Yields undefined at least every
 * two seconds when nothing happens.
 */
export async function* followAnswer(answer: FollowedAnswer): AsyncGenerator<AnswerEvent | undefined> {
  const { read, runId } = answer;
  const ids = { conversation_id: answer.conversationId, message_id: answer.messageId, run_id: runId };
  const text = createText(read, runId);
  let isFirst = true;
  for await (const { deltas, events } of followRun(answer)) {
    const tokens = isFirst ? await text.begin(deltas) : await text.take(deltas);
    if (isFirst) yield { type: 'start', data: { ...ids, model: await modelOf(read, runId) } };
    isFirst = false;
    for (const token of tokens)
      yield { type: token.kind === 'text' ? 'token' : 'thinking', data: { ...ids, ...rest(token) } };
    for (const event of events) {
      const shown = await toAnswerEvent(read, ids, event);
      if (shown !== undefined) yield shown;
    }
    if (tokens.length + events.length === 0) yield undefined;
  }
}

type Piece = Pick<Delta, 'kind' | 'turn' | 'at' | 'text'>;
const rest = ({ turn, at, text }: Piece) => ({ turn, at, content: text });
const lengthOf = (text: string): number => [...text].length;

/**
 * Puts pieces of text together without a gap. A piece that was lost, or sent before the reader came, is read from the
 * kept text of the turn.
 */
function createText(read: Queryable, runId: string) {
  const place = { turn: -1, text: 0, thinking: 0 };
  const catchUp = (kept: PartialTurn | undefined): Piece[] => {
    if (kept === undefined || kept.turn < place.turn) return [];
    if (kept.turn > place.turn) Object.assign(place, { turn: kept.turn, text: 0, thinking: 0 });
    return (['thinking', 'text'] as const).flatMap((kind) => {
      const missing = [...kept[kind]].slice(place[kind]).join('');
      if (missing === '') return [];
      const piece = { kind, turn: kept.turn, at: place[kind], text: missing };
      place[kind] += lengthOf(missing);
      return [piece];
    });
  };
  const take = async (deltas: readonly Delta[]): Promise<Piece[]> => {
    const pieces: Piece[] = [];
    for (const delta of deltas) {
      const { kind, turn, at, text, reset } = delta;
      if (turn < place.turn) continue;
      if (turn > place.turn) Object.assign(place, { turn, text: 0, thinking: 0 });
      if (reset) place[kind] = at;
      if (at > place[kind]) pieces.push(...catchUp(await findPartialTurn(read, runId)));
      const isNew = at === place[kind];
      if (!isNew) continue;
      pieces.push({ kind, turn, at, text });
      place[kind] += lengthOf(text);
    }
    return pieces;
  };
  const begin = async (deltas: readonly Delta[]) => [
    ...catchUp(await findPartialTurn(read, runId)),
    ...(await take(deltas)),
  ];
  return { begin, take };
}

async function modelOf(read: Queryable, runId: string): Promise<string | null> {
  const record = (await findAnswerRecords(read, [runId])).get(runId);
  return record === undefined ? null : `${record.provider}/${record.model}`;
}

async function toAnswerEvent(read: Queryable, ids: Ids, event: LogLine): Promise<AnswerEvent | undefined> {
  const { seq, type, data } = event;
  if (isTerminal(type)) return end(read, ids, seq);
  if (type === 'turn_completed') return turn(read, ids, event);
  if (type === 'tool_started')
    return { type: 'tool_start', seq, data: { ...ids, id: idOf(data), tool: String(data.tool), about: event.message } };
  if (type === 'tool_completed') {
    const { is_error: isError, output, duration_ms: duration } = data;
    const result = { is_error: isError === true, output: String(output), duration_ms: Number(duration) };
    return { type: 'tool_complete', seq, data: { ...ids, id: idOf(data), tool: String(data.tool), ...result } };
  }
  if (type === 'input_requested') return { type: 'question', seq, data: { ...data, ...ids } };
  const isNotice = type === 'turn_postponed' || type === 'input_received' || type === 'leak_removed';
  return isNotice ? { type: 'notice', seq, data: { ...ids, event: type, message: event.message } } : undefined;
}

const idOf = ({ turn, index }: Record<string, unknown>): string => `${turn}.${index}`;

async function turn(read: Queryable, ids: Ids, { seq, data }: LogLine): Promise<AnswerEvent> {
  const { turn: place, input_tokens: input, output_tokens: output, cached_tokens: cached } = data;
  const record = (await findAnswerRecords(read, [ids.run_id])).get(ids.run_id);
  const text = record?.history.turns[Number(place)]?.text ?? '';
  const tokens = { input, output, cached };
  return { type: 'turn', seq, data: { ...ids, turn: Number(place), text, tokens, cost_usd: data.cost_usd } };
}

async function end(read: Queryable, ids: Ids, seq: number): Promise<AnswerEvent | undefined> {
  const row = await findMessage(read, ids.message_id);
  const [message] = row === undefined ? [] : await showMessages(read, [row]);
  return message && { type: 'end', seq, data: { ...ids, message } };
}
