import { z } from 'zod';
import type { BeliefRule } from '../facts/belief.ts';
import { decay } from '../facts/belief.ts';

/** The three hubs of what we believe about a person: how he wants things, what he works with, who he is. The names are the columns of `user_preferences`. */
export const Hub = z.enum(['preferences', 'operating_ctx', 'soft_identity']);
export type Hub = z.infer<typeof Hub>;

/** What a field holds and how sure we are. */
export const Field = z.object({
  value: z.string(),
  confidence: z.number().min(0).max(1),
  /** How often something spoke for it. */
  evidence: z.int(),
  updated_at: z.string(),
});
export type Field = z.infer<typeof Field>;

/** A hub as it is stored; a row that another system wrote has no fields of ours. */
export const StoredHub = z.object({ fields: z.record(z.string(), Field).default({}) }).catch({ fields: {} });
export type StoredHub = z.infer<typeof StoredHub>;

/** Figures of ApexFlow's REMME (research, A5). Who somebody is, is believed least and forgotten first. */
export const HUB_BELIEF: Record<Hub, BeliefRule> = {
  preferences: { base: 0.5, cap: 0.95, floor: 0.2, reinforceRate: 0.1, contradictRate: 0.15, halfLifeDays: 90 },
  operating_ctx: { base: 0.4, cap: 0.95, floor: 0.1, reinforceRate: 0.15, contradictRate: 0.25, halfLifeDays: 120 },
  soft_identity: { base: 0.3, cap: 0.8, floor: 0.1, reinforceRate: 0.1, contradictRate: 0.15, halfLifeDays: 60 },
};

/** How sure we are of a field today: what nothing speaks for fades by its hub's half-life. */
export function confidenceNow(hub: Hub, field: Field, now: Date): number {
  return decay(field.confidence, HUB_BELIEF[hub], (now.getTime() - Date.parse(field.updated_at)) / 86_400_000);
}

/** Something that could be a preference and waits for its person to accept or reject it. */
export const Staged = z.object({
  id: z.string(),
  hub: Hub,
  field: z.string(),
  value: z.string(),
  text: z.string(),
  strength: z.enum(['strong', 'medium', 'weak']),
  source_id: z.string(),
  created_at: z.string(),
});
export type Staged = z.infer<typeof Staged>;

export const StagingQueue = z.object({ items: z.array(Staged).default([]) }).catch({ items: [] });

/** What was decided, and what it did to a belief. */
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
