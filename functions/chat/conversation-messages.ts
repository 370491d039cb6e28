import type { Queryable } from '../platform/database/database.ts';
import type { ModelMessage } from '../platform/models/model.ts';
import { type AnswerRecord, findAnswerRecords } from '../runs/answer-record.ts';
import { toMessages } from '../runs/conversation.ts';
import { imageBytesOf, MOST_IMAGE_BYTES, tellQuestion } from './attachments.ts';
import { restAfter } from './show-messages.ts';
import { listBranch, type MessageRow, runOf } from './sql/message.ts';

/** The most messages of a branch that are read for a context. Older ones are in its summary. */
const MOST_MESSAGES = 2_000;

/** A message of the branch with what the model reads of it. */
export interface ToldMessage {
  id: string;
  messages: ModelMessage[];
}

/**
 * Returns the branch before a question as a model reads it: what the person wrote and attached, and each answer with
 * its calls and their results, built from records only. Signed blocks and thinking belong to the model that wrote them,
 * so they are left out for another model. Images are sent again with every turn: older ones that would make the request
 * too large are named only.
 */
export async function tellBranch(
  queryable: Queryable,
  { conversationId, questionId, model }: { conversationId: string; questionId: string; model: string },
): Promise<ToldMessage[]> {
  const rows = await listBranch(queryable, { conversationId, headId: questionId, limit: MOST_MESSAGES });
  const before = rows.filter((row) => row.id !== questionId);
  const records = await findAnswerRecords(
    queryable,
    before.flatMap((row) => runOf(row) ?? []),
  );
  const withImages = newestWithImages(rows);
  const told: ToldMessage[] = [];
  for (const row of before) {
    const isAnswer = row.role === 'assistant';
    const messages = isAnswer
      ? tell(row, records.get(runOf(row) ?? ''), model)
      : [await tellQuestion(queryable, row, withImages.has(row.id))];
    told.push({ id: row.id, messages });
  }
  return told;
}

/** Returns the newest messages of a branch whose images fit into one request together. */
function newestWithImages(rows: readonly MessageRow[]): Set<string> {
  let bytes = 0;
  const shown = rows.toReversed().filter(({ metadata }) => {
    bytes += imageBytesOf(metadata);
    return bytes <= MOST_IMAGE_BYTES;
  });
  return new Set(shown.map(({ id }) => id));
}

function tell(row: MessageRow, record: AnswerRecord | undefined, model: string): ModelMessage[] {
  const told = record === undefined ? [] : finished(record);
  const messages = `${record?.provider}/${record?.model}` === model ? told : told.map(withoutSignatures);
  const said = messages.flatMap((message) => (message.role === 'assistant' ? message.text.trim() || [] : []));
  // A stopped answer has text that no recorded turn has.
  const rest = restAfter(row.content, said) || (messages.length === 0 ? '(No answer was given.)' : '');
  return rest === '' ? messages : [...messages, { role: 'assistant', text: rest, toolCalls: [] }];
}

/**
 * Returns the recorded turns of an answer, without a last turn whose calls have no results: it was stopped, or its
 * calls could not be read. Providers refuse a call without a result, so one such turn would fail every later answer.
 */
function finished({ history }: AnswerRecord): ModelMessage[] {
  const completed = history.calls.filter((call) => call.status === 'completed');
  const open = history.turns.findIndex(
    ({ tool_calls: calls }, index) => calls.length > completed.filter(({ turn }) => turn === index).length,
  );
  const turns = open < 0 ? history.turns : history.turns.slice(0, open);
  const [, ...messages] = toMessages('', { turns, calls: history.calls }, Number.MAX_SAFE_INTEGER);
  // Of an answer that brought nothing only our notes to the model are left, which would be joined to the question.
  return messages.some(hasSaid) ? messages : [];
}

function hasSaid(message: ModelMessage): boolean {
  return message.role === 'assistant' && (message.text.trim() !== '' || message.toolCalls.length > 0);
}

function withoutSignatures(message: ModelMessage): ModelMessage {
  if (message.role !== 'assistant') return message;
  const toolCalls = message.toolCalls.map(({ signature: _, ...call }) => call);
  return { role: 'assistant', text: message.text, toolCalls };
}
