import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { idSchema } from '../../platform/id.ts';
import { applyDecision } from '../preferences/apply-decision.ts';
import { EvidenceLog, MOST_EVENTS, PreferenceField, StagingQueue, StoredHub } from '../preferences/preference.ts';
import { lockPreferences, updatePreferences } from '../sql/preference.ts';

/**
 * Accepts or rejects a staged preference. Accepting creates its field, replaces its value or raises its confidence;
 * rejecting lowers the confidence of a field with the same value. Returns the field after the decision, null when there
 * is none. Answers 404 for another user's preference and for one that was decided before.
 */
export const decideStaged = endpoint({
  name: 'memory-decide-staged',
  route: 'POST /api/v1/remme/staging/{id}',
  access: 'memory:write',
  onBehalfOf: 'new',
  summary: 'Accepts or rejects a staged preference.',
  params: z.strictObject({ id: idSchema('pref') }),
  body: z.strictObject({ decision: z.enum(['accept', 'reject']) }),
  reply: { 200: z.strictObject({ field: PreferenceField.nullable() }) },
}).handle(async ({ params, body, transaction }) => {
  const row = await lockPreferences(transaction);
  const waiting = StagingQueue.parse(row.staging_queue).items;
  const staged = waiting.find(({ id }) => id === params.id);
  if (staged === undefined) throw new Problem('not-found', 'There is no such staged preference.');
  const { fields } = StoredHub.parse(row[staged.hub]);
  const { field, event } = applyDecision(staged, body.decision === 'accept', fields[staged.field], new Date());
  const { [staged.field]: _, ...others } = fields;
  await updatePreferences(transaction, {
    ...row,
    [staged.hub]: { fields: field === undefined ? others : { ...others, [staged.field]: field } },
    staging_queue: { items: waiting.filter(({ id }) => id !== params.id) },
    evidence_log: { events: [...EvidenceLog.parse(row.evidence_log).events, event].slice(-MOST_EVENTS) },
  });
  return { status: 200, body: { field: field ?? null } };
});
