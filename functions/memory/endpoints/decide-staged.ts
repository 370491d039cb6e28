import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { decide } from '../preferences/decide.ts';
import { EvidenceLog, Field, StagingQueue, StoredHub } from '../preferences/hub.ts';
import { lockPreferences, updatePreferences } from '../sql/preference.ts';

/** Older decisions are forgotten. */
const MOST_EVENTS = 1000;

/**
 * Accepts or rejects a staged preference: accepting makes its field believed, surer or another; rejecting makes a field that says the same less sure. Decided once: a second
 * time it is 404, as is another person's. Answers the field as it is believed now, null for none.
 */
export const decideStaged = endpoint({
  name: 'memory-decide-staged',
  route: 'POST /api/v1/remme/staging/{id}',
  access: 'memory:write',
  summary: 'Accepts or rejects a staged preference.',
  params: z.strictObject({ id: idSchema('pref') }),
  body: z.strictObject({ decision: z.enum(['accept', 'reject']) }),
  reply: { 200: z.strictObject({ field: Field.nullable() }) },
}).handle(async ({ params, body, transaction }) => {
  const row = await lockPreferences(transaction);
  const waiting = StagingQueue.parse(row.staging_queue).items;
  const staged = waiting.find(({ id }) => id === params.id);
  if (staged === undefined) throw new Problem('not-found', 'There is no such staged preference.');
  const { fields } = StoredHub.parse(row[staged.hub]);
  const { field, event } = decide(staged, body.decision === 'accept', fields[staged.field], new Date());
  const { [staged.field]: _, ...others } = fields;
  await updatePreferences(transaction, {
    ...row,
    [staged.hub]: { fields: field === undefined ? others : { ...others, [staged.field]: field } },
    staging_queue: { items: waiting.filter(({ id }) => id !== params.id) },
    evidence_log: { events: [...EvidenceLog.parse(row.evidence_log).events, event].slice(-MOST_EVENTS) },
  });
  return { status: 200, body: { field: field ?? null } };
});
