import type { Database } from '../../platform/database/database.ts';
import { timer } from '../../platform/timer.ts';
import { forEachRow } from '../../platform/timer-rows.ts';
import { pushTurns } from '../claim.ts';
import { enqueueTurn, updateNodeAnswered } from '../sql/node.ts';
import { type ExpiredQuestion, listExpiredQuestions, updateQuestionExpired } from '../sql/question.ts';
import { lockRun, updateRunStatus } from '../sql/run.ts';

const BATCH = 200;

/**
 * Expires questions that were not answered in time: their calls return that nobody answered, and their nodes continue.
 * A question that cannot be expired is logged and does not stop the others.
 */
export const expireQuestions = timer({ name: 'runs-expire-questions', schedule: '*/15 * * * *' }).handle(
  async ({ database }) => {
    const questions = await listExpiredQuestions(database.as({ kind: 'system' }), BATCH);
    const { done, failed } = await forEachRow(
      questions,
      {
        failure: 'question not expired; the next tick retries',
        fieldsOf: ({ run_id, question_id }) => ({ run_id, question_id }),
      },
      (question) => expire(database, question),
    );
    return { expired_questions: done, failed };
  },
);

/** Expires a question and enqueues its node. Returns false when it was answered meanwhile. */
async function expire(
  database: Database,
  { tenant_id: tenantId, run_id: runId, question_id: questionId }: ExpiredQuestion,
): Promise<boolean> {
  return database.as({ kind: 'tenant', tenantId }).transaction(async (transaction) => {
    await transaction.query(lockRun(runId));
    const [question] = await transaction.query<{ node_id: string }>(updateQuestionExpired(questionId));
    if (question === undefined) return false;
    const rows = await transaction.queryAll([
      updateNodeAnswered(question.node_id),
      enqueueTurn(question.node_id),
      updateRunStatus(runId),
    ]);
    transaction.afterCommit(() => pushTurns(rows.flat()));
    return true;
  });
}
