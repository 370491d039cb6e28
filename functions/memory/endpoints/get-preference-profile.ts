import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import {
  currentConfidence,
  EvidenceLog,
  type Hub,
  PreferenceEvent,
  PreferenceField,
  StoredHub,
} from '../preferences/preference.ts';
import { findPreferences } from '../sql/preference.ts';

const Fields = z.record(z.string(), PreferenceField);
const SHOWN_EVENTS = 50;

/**
 * Returns the caller's preferences by hub, with today's confidence, and the newest events of the evidence log. All hubs
 * are empty for a user who never accepted a preference.
 */
export const getPreferenceProfile = endpoint({
  name: 'memory-get-preference-profile',
  route: 'GET /api/v1/remme/preferences',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Reads your preferences and why they are believed.',
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
        { ...field, confidence: currentConfidence(hub, field, now) },
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
