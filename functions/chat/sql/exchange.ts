import type { Statement } from '../../platform/database/batch.ts';
import type { Queryable } from '../../platform/database/database.ts';
import type { Conversation } from '../chat.ts';

/** What a run answers: the person's message, its conversation, and the message of the answer. */
export interface AnsweredQuestion {
  conversation_id: string;
  compaction: Conversation['compaction'];
  question_id: string;
  question: string;
  /** The question before it in the branch; null for the first. */
  question_before: string | null;
  metadata: Record<string, unknown>;
  answer_id: string;
}

/** Returns what a run answers. @throws Error when its conversation was deleted */
export async function requireAnsweredQuestion(queryable: Queryable, runId: string): Promise<AnsweredQuestion> {
  const [row] = await queryable.query<AnsweredQuestion>({
    name: 'find_answered_question',
    text: `select c.id as conversation_id, c.compaction, q.id as question_id, q.content as question, q.metadata,
        (select b.content from chat_messages e join chat_messages b on b.session_id = e.session_id and b.id = e.parent_id
          where e.session_id = q.session_id and e.id = q.parent_id) as question_before, a.id as answer_id
      from chat_messages a join chat_messages q on q.session_id = a.session_id and q.id = a.parent_id
      join chat_sessions c on c.id = a.session_id where a.run_id = $1`,
    values: [runId],
  });
  if (row === undefined) throw new Error(`The run ${runId} answers no message`);
  return row;
}

/** Stores what the context of an answer is made of. The last turn's context counts. */
export function updateAnswerContext(answerId: string, context: unknown): Statement {
  return {
    name: 'update_answer_context',
    text: `update chat_messages set metadata = metadata || jsonb_build_object('context', $2::jsonb) where id = $1`,
    values: [answerId, JSON.stringify(context)],
  };
}
