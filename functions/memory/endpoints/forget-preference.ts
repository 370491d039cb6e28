import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { Problem } from '../../platform/errors.ts';
import { createId } from '../../platform/id.ts';
import { currentConfidence, EvidenceLog, Hub, MOST_EVENTS, StoredHub } from '../preferences/preference.ts';
import { lockPreferences, updatePreferences } from '../sql/preference.ts';

/**
 * Removes a preference that the caller does not have any more, and records that in the evidence log. What runs say
 * later can stage it again. Answers 404 for a preference that does not exist or is another user's.
 */
export const forgetPreference = endpoint({
  name: 'memory-forget-preference',
  route: 'DELETE /api/v1/remme/preferences/{hub}/{field}',
  access: 'memory:write',
  onBehalfOf: 'known',
  summary: 'Removes one of your preferences.',
  params: z.strictObject({ hub: Hub, field: z.string().min(1).max(200) }),
  reply: { 204: null },
}).handle(async ({ params: { hub, field }, transaction, caller }) => {
  const row = await lockPreferences(transaction);
  const fields = new Map(Object.entries(StoredHub.parse(row[hub]).fields));
  const known = fields.get(field);
  if (known === undefined) throw new Problem('not-found', 'There is no such preference.');
  fields.delete(field);
  const now = new Date();
  const event = {
    id: createId('pref'),
    action: 'rejected' as const,
    hub,
    field,
    value: known.value,
    excerpt: '',
    source_id: caller.userId,
    confidence_before: currentConfidence(hub, known, now),
    confidence_after: null,
    recorded_at: now.toISOString(),
  };
  await updatePreferences(transaction, {
    ...row,
    [hub]: { fields: Object.fromEntries(fields) },
    evidence_log: { events: [...EvidenceLog.parse(row.evidence_log).events, event].slice(-MOST_EVENTS) },
  });
  return { status: 204 };
});
