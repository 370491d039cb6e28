import { api, type Item } from '../../api/client.ts';
import { dataOf } from '../../api/problem.ts';

/** A question or approval of any run, with the run that asks. */
export type InboxQuestion = Item<'/api/v1/questions'>;
export type Kind = InboxQuestion['kind'];

export function loadQuestions(kind: Kind | undefined, cursor: string | undefined, signal: AbortSignal) {
  return dataOf(api.GET('/api/v1/questions', { params: { query: { kind, cursor } }, signal }));
}

export async function countQuestions(signal: AbortSignal): Promise<number> {
  return (await dataOf(api.GET('/api/v1/questions', { params: { query: { limit: 1 } }, signal }))).count;
}

/** Returns the kind that an address names, or undefined for all. */
export function kindIn(value: unknown): Kind | undefined {
  return value === 'question' || value === 'approval' ? value : undefined;
}
