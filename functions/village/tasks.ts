import { z } from 'zod';
import { taskType } from '../platform/queue/task.ts';
import { StatementId } from './statement.ts';

/** Starts the step that embeds a statement and compares it with the statements of other agents. */
export const LinkStatement = taskType({
  step: 'village-link-statement',
  queue: 'memory',
  payload: z.strictObject({ tenant_id: z.string(), statement_id: StatementId }),
});
