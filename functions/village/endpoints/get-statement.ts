import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { listStatementsByIds } from '../sql/statement.ts';
import { Statement, StatementId } from '../statement.ts';

/** Returns a statement that the caller sees; 404 for any other. */
export const getStatement = endpoint({
  name: 'village-get-statement',
  route: 'GET /api/v1/village/knowledge/{id}',
  access: 'village:read',
  summary: 'Returns a statement.',
  params: z.strictObject({ id: StatementId }),
  reply: { 200: Statement },
}).query(async ({ params, read }) => {
  const [statement] = await listStatementsByIds(read, [params.id]);
  if (statement === undefined) throw new Problem('not-found', 'There is no such statement.');
  return { status: 200, body: statement };
});
