import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { confidenceNow, EvidenceLog, Field, type Hub, PreferenceEvent, StoredHub } from '../preferences/hub.ts';
import { findPreferences } from '../sql/preference.ts';

const Fields = z.record(z.string(), Field);
const SHOWN_EVENTS = 50;

/** What is believed of the caller's preferences, hub by hub, each as sure as it is today, with the newest evidence. Empty for who never accepted any. */
export const getPreferenceProfile = endpoint({
  name: 'memory-get-preference-profile',
  route: 'GET /api/v1/remme/preferences',
  access: 'memory:read',
  summary: 'Reads what is believed of your preferences, and why.',
  reply: {
    200: z.strictObject({
      preferences: Fields,
      operating_ctx: Fields,
      soft_identity: Fields,
      evidence: z.array(PreferenceEvent),
    }),
  },
}).query(async ({ read }) => {
  const row = await findPreferences(read);
  const now = new Date();
  const fieldsOf = (hub: Hub) =>
    Object.fromEntries(
      Object.entries(StoredHub.parse(row?.[hub]).fields).map(([name, field]) => [
        name,
        { ...field, confidence: confidenceNow(hub, field, now) },
      ]),
    );
  const { events } = EvidenceLog.parse(row?.evidence_log);
  return {
    status: 200,
    body: {
      preferences: fieldsOf('preferences'),
      operating_ctx: fieldsOf('operating_ctx'),
      soft_identity: fieldsOf('soft_identity'),
      evidence: events.slice(-SHOWN_EVENTS).reverse(),
    },
  };
});
