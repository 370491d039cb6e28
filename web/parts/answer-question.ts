import { api } from '../api/client.ts';
import { ApiError, dataOf } from '../api/problem.ts';
import { type AskedQuestion, type Fate, fateOf } from './question.ts';

/** Sends an answer. An approval counts only for what its fingerprint stands for. @throws ApiError */
export async function answerQuestion(runId: string, question: AskedQuestion, response: string): Promise<void> {
  const body = { question_id: question.id, fingerprint: question.fingerprint ?? undefined, response };
  await dataOf(api.POST('/api/v1/runs/{id}/input', { params: { path: { id: runId } }, body }));
}

/**
 * Returns what became of a question after its answer was refused, or undefined when the error says nothing about the
 * question. @throws ApiError when the run cannot be read
 */
export async function findFate(runId: string, question: AskedQuestion, error: unknown): Promise<Fate | undefined> {
  if (!(error instanceof ApiError) || (error.status !== 409 && error.status !== 404)) return undefined;
  const path = { id: runId };
  const run = await dataOf(api.GET('/api/v1/runs/{id}', { params: { path } }));
  const fate = fateOf(question, run, error.problem?.detail ?? '');
  if (fate.kind !== 'answered') return fate;
  const query = { source: 'person', limit: 200 };
  const log = await dataOf(api.GET('/api/v1/runs/{id}/logs', { params: { path, query } }));
  return { ...fate, answer: log.items.find(({ data }) => data.question === question.id)?.message };
}
