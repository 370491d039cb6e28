import type { Queryable } from '../platform/database/database.ts';
import { type History, historyOf } from './conversation.ts';
import { type AnswerCallRow, type AnswerRow, listAnswers, listCallsOfRuns, listTurnsOfRuns } from './sql/answer.ts';

/** A run of one node with everything that is recorded of it. */
export interface AnswerRecord extends AnswerRow {
  history: History<AnswerCallRow>;
}

/** Returns the records of these runs of one node, by run. A run that the caller may not see is missing. */
export async function findAnswerRecords(
  queryable: Queryable,
  runIds: readonly string[],
): Promise<Map<string, AnswerRecord>> {
  if (runIds.length === 0) return new Map();
  // One after the other, because a transaction has one connection.
  const answers = await listAnswers(queryable, runIds);
  const turns = await listTurnsOfRuns(queryable, runIds);
  const calls = await listCallsOfRuns(queryable, runIds);
  const turnsOf = Map.groupBy(turns, (turn) => turn.run_id);
  const callsOf = Map.groupBy(calls, (call) => call.run_id);
  return new Map(
    answers.map((answer) => {
      const history = historyOf(turnsOf.get(answer.run_id) ?? [], callsOf.get(answer.run_id) ?? []);
      return [answer.run_id, { ...answer, history }] as const;
    }),
  );
}
