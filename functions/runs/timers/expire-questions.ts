import { log } from '../../platform/log.ts';
import { timer } from '../../platform/timer.ts';
import { pushTurns } from '../claim.ts';
import { enqueueTurn, updateNodeAnswered } from '../sql/node.ts';
import { listExpiredQuestions, updateQuestionExpired } from '../sql/question.ts';
import { lockRun, updateRunStatus } from '../sql/run.ts';

const BATCH = 200;

/**
 * Expires questions that were not answered in time: their calls return that nobody answered, and their nodes continue.
 * A question that cannot be expired is logged and does not stop the others.
 */
export const expireQuestions = timer({ name: 'runs-expire-questions', schedule: '*/15 * * * *' }).handle(
  async ({ database }) => {
    const counts = { expired_questions: 0, failed: 0 };
    for (const expired of await listExpiredQuestions(database.as({ kind: 'system' }), BATCH)) {
      const { tenant_id: tenantId, run_id: runId, question_id: questionId } = expired;
      try {
        await database.as({ kind: 'tenant', tenantId }).transaction(async (transaction) => {
          await transaction.query(lockRun(runId));
          const [question] = await transaction.query<{ node_id: string }>(updateQuestionExpired(questionId));
          if (question === undefined) return;
          const rows = await transaction.queryAll([
            updateNodeAnswered(question.node_id),
            enqueueTurn(question.node_id),
            updateRunStatus(runId),
          ]);
          transaction.afterCommit(() => pushTurns(rows.flat()));
          counts.expired_questions += 1;
        });
      } catch (error) {
        counts.failed += 1;
        log('warning', 'question not expired; the next tick retries', {
          run_id: runId,
          question_id: questionId,
          error,
        });
      }
    }
    return counts;
  },
);
