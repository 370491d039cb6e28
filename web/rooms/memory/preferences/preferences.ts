import type { Answer } from '../../../api/client.ts';

/** The beliefs of a memory about its user, by hub, with the quotes behind them. Pure. */

export const HUBS = ['preferences', 'operating_ctx', 'soft_identity'] as const;
export type Hub = (typeof HUBS)[number];

type Profile = Answer<'/api/v1/remme/preferences', 'get'>;
type Evidence = Profile['evidence'][number];

export interface Belief {
  hub: Hub;
  field: string;
  value: string;
  confidence: number;
  evidence: number;
  updatedAt: string;
  /** The decisions about this field, newest first, as far as they are among the newest 50 of all. */
  quotes: Evidence[];
}

/** Returns the beliefs of a hub, the surest first. */
export function beliefsOf(profile: Profile, hub: Hub): Belief[] {
  return Object.entries(profile[hub])
    .map(([field, { value, confidence, evidence, updated_at: updatedAt }]) => ({
      hub,
      field,
      value,
      confidence,
      evidence,
      updatedAt,
      quotes: profile.evidence.filter((event) => event.hub === hub && event.field === field),
    }))
    .sort((one, other) => other.confidence - one.confidence || one.field.localeCompare(other.field));
}

/**
 * Returns the name of a field as words: answer_language → Answer language. A field of `extras` is named by its own
 * words: extras.plain_css → Plain css.
 */
export function fieldWords(field: string): string {
  const words = field
    .replace(/^extras\./, '')
    .replaceAll(/[_.-]+/g, ' ')
    .trim();
  return words === '' ? field : words.charAt(0).toUpperCase() + words.slice(1);
}
