import { z } from 'zod';
import { type ConfidenceRule, decay } from '../confidence.ts';

/**
 * A preference is a field with a value in one of three hubs: how the user wants things done (`preferences`), what they
 * work with (`operating_ctx`), who they are (`soft_identity`). The names are columns of `user_preferences`.
 */
export const Hub = z.enum(['preferences', 'operating_ctx', 'soft_identity']);
export type Hub = z.infer<typeof Hub>;

export const PreferenceField = z.object({
  value: z.string(),
  confidence: z.number().min(0).max(1),
  /** How many times the user accepted this value. */
  evidence: z.int(),
  updated_at: z.string(),
});
export type PreferenceField = z.infer<typeof PreferenceField>;

/** A hub as it is stored. A row in another format counts as empty. */
export const StoredHub = z.object({ fields: z.record(z.string(), PreferenceField).default({}) }).catch({ fields: {} });

/**
 * The constants of ApexFlow's first belief engine. Who the user is starts with the least confidence and fades fastest.
 */
export const HUB_CONFIDENCE: Record<Hub, ConfidenceRule> = {
  preferences: { base: 0.5, cap: 0.95, floor: 0.2, reinforceRate: 0.1, contradictRate: 0.15, halfLifeDays: 90 },
  operating_ctx: { base: 0.4, cap: 0.95, floor: 0.1, reinforceRate: 0.15, contradictRate: 0.25, halfLifeDays: 120 },
  soft_identity: { base: 0.3, cap: 0.8, floor: 0.1, reinforceRate: 0.1, contradictRate: 0.15, halfLifeDays: 60 },
};

/** Returns the confidence of a field at a time. It fades by the half-life of its hub since its last update. */
export function currentConfidence(hub: Hub, field: PreferenceField, now: Date): number {
  return decay(field.confidence, HUB_CONFIDENCE[hub], (now.getTime() - Date.parse(field.updated_at)) / 86_400_000);
}

/** Stands before a value that the user does not want: `not npm`. */
export const DENIED = 'not ';

/** A possible preference that waits for its user to accept or reject it. */
export const StagedPreference = z.object({
  id: z.string(),
  hub: Hub,
  field: z.string(),
  value: z.string(),
  text: z.string(),
  strength: z.enum(['strong', 'medium', 'weak']),
  source_id: z.string(),
  created_at: z.string(),
});
export type StagedPreference = z.infer<typeof StagedPreference>;

export const StagingQueue = z.object({ items: z.array(StagedPreference).default([]) }).catch({ items: [] });

/** A decision of the user with its effect on the confidence of the field. */
export const PreferenceEvent = z.object({
  id: z.string(),
  action: z.enum(['accepted', 'rejected']),
  hub: Hub,
  field: z.string(),
  value: z.string(),
  excerpt: z.string(),
  source_id: z.string(),
  confidence_before: z.number().nullable(),
  confidence_after: z.number().nullable(),
  recorded_at: z.string(),
});
export type PreferenceEvent = z.infer<typeof PreferenceEvent>;

export const EvidenceLog = z.object({ events: z.array(PreferenceEvent).default([]) }).catch({ events: [] });

/** The most events of an evidence log. Older ones are dropped. */
export const MOST_EVENTS = 1000;
