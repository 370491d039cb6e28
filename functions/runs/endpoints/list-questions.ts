import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { idSchema } from '../../platform/id.ts';
import { Question } from '../question.ts';
import { RunId, RunKind, Timestamp } from '../run.ts';
import { countOpenQuestions, listOpenQuestions } from '../sql/question.ts';

const Position = z.strictObject({ created_at: Timestamp, id: idSchema('ques') });

const OpenQuestion = Question.extend({
  run_id: RunId,
  run_title: z.string().meta({ description: 'The first 200 characters of the task' }),
  run_kind: RunKind,
  worker: z.string(),
});

/**
 * Lists the questions and approvals that wait for an answer in all runs of the caller's tenant, newest first. Expired
 * ones are left out. `count` is the number of all that match, whatever page is asked for. They are answered with
 * `POST /runs/{id}/input`.
 */
export const listQuestions = endpoint({
  name: 'runs-list-questions',
  route: 'GET /api/v1/questions',
  access: 'runs:read',
  summary: 'Lists the open questions and approvals of all runs, newest first.',
  query: z.strictObject({ ...pageQuery, kind: Question.shape.kind.optional() }),
  reply: { 200: pageOf(OpenQuestion).extend({ count: z.int().nonnegative() }) },
}).query(async ({ query, read, cursor }) => {
  const { kind, limit } = query;
  const before = cursor.decode(query.cursor, Position);
  const found = await listOpenQuestions(read, { kind }, { before, limit: limit + 1 });
  const count = await countOpenQuestions(read, { kind });
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  const next = last ? cursor.encode({ created_at: last.created_at, id: last.id }) : null;
  return { status: 200, body: { items, next_cursor: next, count } };
});
