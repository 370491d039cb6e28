import { MODEL_KEYS } from '../../platform/models/model-keys.ts';
import { step } from '../../platform/step.ts';
import { LinkStatement } from '../tasks.ts';

/** Links a new statement. Idempotent: concurrent and repeated deliveries link it once. */
export const linkStatementStep = step(LinkStatement, { secrets: MODEL_KEYS }).handle(
  async ({ payload, database, signal }) => {
    const { linkStatement } = await import('../link-statement.ts');
    await linkStatement({ database, tenantId: payload.tenant_id, statementId: payload.statement_id, signal });
  },
);
