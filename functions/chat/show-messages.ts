import { cutText } from '../platform/cut-text.ts';
import type { Queryable } from '../platform/database/database.ts';
import { type AnswerRecord, findAnswerRecords } from '../runs/answer-record.ts';
import { findPartialTurn } from '../runs/events/follow-run.ts';
import { AnswerContext } from './answer-context.ts';
import { attachmentsOf } from './attachments.ts';
import type { Message, Part } from './chat.ts';
import { importedOf } from './imported.ts';
import { notesOf } from './memory/memory-note.ts';
import { listLearned } from './sql/learned.ts';
import { listMemoryNotes } from './sql/memory-use.ts';
import { type MessageRow, runOf } from './sql/message.ts';

/** The most characters of a call's output in a message. The turn of the run has the whole output. */
const SHOWN_OUTPUT = 4_000;

/** Returns messages as the API shows them, with the parts of answers as far as they are recorded or published. */
export async function showMessages(queryable: Queryable, rows: readonly MessageRow[]): Promise<Message[]> {
  const runs = rows.flatMap((row) => runOf(row) ?? []);
  const answering = rows.find((row) => row.status === 'answering');
  const records = await findAnswerRecords(queryable, runs);
  const partial = answering?.run_id ? await findPartialTurn(queryable, answering.run_id) : undefined;
  const ids = rows.filter((row) => row.role === 'assistant').map(({ id }) => id);
  const notes = await listMemoryNotes(queryable, runs);
  const learned = await listLearned(queryable, ids);
  return rows.map((row) => {
    const record = records.get(runOf(row) ?? '');
    const { metadata, ...shown } = row;
    const own = row.run_id === null ? undefined : record;
    const parts = partsOf(row, record);
    if (row === answering && partial !== undefined) {
      if (partial.thinking !== '') parts.push({ type: 'thinking', turn: partial.turn, text: partial.thinking });
      if (partial.text !== '') parts.push({ type: 'text', turn: partial.turn, text: partial.text });
    }
    return {
      ...shown,
      parts,
      attachments: attachmentsOf(metadata),
      memory: notesOf(row.content, notes.get(runOf(row) ?? '') ?? []),
      learned: learned.get(row.id) ?? [],
      context: AnswerContext.safeParse(metadata.context).data ?? null,
      model: record === undefined ? (importedOf(metadata)?.model ?? null) : `${record.provider}/${record.model}`,
      tokens: own?.tokens ?? null,
      cost_usd: own?.cost_usd ?? null,
    };
  });
}

/** Returns what an answer is made of. A stopped turn has only its text; an answer without records only its content. */
function partsOf(row: MessageRow, record: AnswerRecord | undefined): Part[] {
  if (row.role !== 'assistant') return [];
  const imported = importedOf(row.metadata);
  if (imported !== undefined) return imported.parts;
  const turns = record?.history.turns ?? [];
  const parts = turns.flatMap((turn, index): Part[] => [
    ...(turn.thinking?.text ? [{ type: 'thinking' as const, turn: index, text: turn.thinking.text }] : []),
    ...(turn.text.trim() === '' ? [] : [{ type: 'text' as const, turn: index, text: turn.text }]),
    ...(record?.history.calls ?? []).filter((call) => call.turn === index).map((call) => toPart(call, row.status)),
  ]);
  const said = parts.filter((part) => part.type === 'text').map(({ text }) => text.trim());
  const rest = row.status === 'answering' ? '' : restAfter(row.content, said);
  return rest === '' ? parts : [...parts, { type: 'text', turn: turns.length, text: rest }];
}

/** Returns the end of a content that no recorded turn has: the text of a turn that was stopped. */
export function restAfter(content: string, said: readonly string[]): string {
  let at = 0;
  for (const text of said) {
    const found = content.indexOf(text, at);
    if (found < 0) return '';
    at = found + text.length;
  }
  return content.slice(at).trim();
}

function toPart(call: AnswerRecord['history']['calls'][number], status: MessageRow['status']): Part {
  const { turn, call_index: index, name, output, started_at, completed_at } = call;
  const hasEnded = status !== 'answering' && call.status !== 'completed';
  return {
    type: 'tool',
    id: `${turn}.${index}`,
    tool: name,
    arguments: call.arguments,
    status: hasEnded ? 'not_run' : call.status,
    is_error: call.is_error,
    output: output === null ? null : cutText(output, SHOWN_OUTPUT),
    truncated: (output?.length ?? 0) > SHOWN_OUTPUT,
    duration_ms: completed_at === null ? null : Math.max(0, Date.parse(completed_at) - Date.parse(started_at)),
  };
}
