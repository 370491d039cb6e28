import { z } from 'zod';
import { awaitWork } from '../../platform/await-work.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { enter } from '../../platform/sign-in/enter.ts';
import { Consolidation, consolidationView } from '../consolidate/consolidation.ts';
import { ConsolidationBody, startConsolidation } from '../consolidate/start-consolidation.ts';
import { Wait } from '../ingest/job.ts';
import { findConsolidation } from '../sql/memory-consolidation.ts';

/**
 * Consolidates the caller's entity files: merges files about the same entity (`dedupe`), splits long files
 * (`redistribute`) and adds links (`link`). Each tool makes its own commit and can be undone; no text is lost. 202 with
 * an id to poll, or 200 when it is done within `?wait=` seconds. Idempotent by `consolidation_id`. `dry_run` only
 * stages the steps; without any change it is committed at once, for nothing is left to decide.
 */
export const startConsolidationEndpoint = endpoint({
  name: 'entities-start-consolidation',
  route: 'POST /api/v1/memory/consolidate',
  access: 'memory:write',
  onBehalfOf: 'new',
  summary: 'Merges, splits and links your entity files.',
  query: z.strictObject({ wait: Wait }),
  body: ConsolidationBody,
  mayBeEmpty: true,
  reply: { 200: Consolidation, 202: Consolidation },
}).serve(async ({ body, query, database, identity, signal, hold }) => {
  const { caller, ...scoped } = await enter(database, identity, 'memory:write');
  const started = await scoped.transaction((transaction, entered) =>
    startConsolidation(transaction, entered ?? caller, { body, startedBy: 'person' }),
  );
  const find = async () => (await findConsolidation(scoped, { id: started.id })) ?? started;
  const wait = { database, seconds: query.wait, signal, hold };
  const row = await awaitWork(wait, find, ({ status }) => status !== 'queued');
  const view = await consolidationView(scoped, row);
  return row.status === 'queued' ? { status: 202, body: view } : { status: 200, body: view };
});
