import type { Trust } from '../entities/search/hit.ts';

/**
 * Confidence is a number between 0 and 1 that says how sure we are of a fact or of a preference:
 *
 * - a repetition raises it toward a cap (`reinforce`);
 * - a contradiction lowers it by a step (`contradict`);
 * - time halves it (`decay`).
 *
 * This file holds all constants of facts. The functions below are for preferences. For facts the same formulas are SQL,
 * because thousands of rows change at once: `insertMemory` (sql/memory.ts) reinforces, sql/decay_memories.sql decays.
 * SQL gets the constants as arguments. To change how fast facts decay, change `FACT_HALF_LIFE_DAYS`; to change where
 * decay ends, `FADED_CONFIDENCE`; to change the formula, sql/decay_memories.sql. The constants of preferences are in
 * preferences/preference.ts.
 */
export interface ConfidenceRule {
  /** The confidence at the beginning. */
  base: number;
  cap: number;
  /** Contradictions, and for preferences time, lower the confidence to this. Facts decay to FADED_CONFIDENCE only. */
  floor: number;
  /** The share of the distance to the cap that a repetition of medium strength adds. */
  reinforceRate: number;
  /** The amount that a contradiction of medium strength subtracts. */
  contradictRate: number;
  halfLifeDays: number;
}

export type Strength = 'strong' | 'medium' | 'weak';

const WEIGHT: Record<Strength, number> = { strong: 1.5, medium: 1, weak: 0.5 };

/** Returns `c + (cap − c) · rate · strength`, at most the cap. */
export function reinforce(confidence: number, rule: ConfidenceRule, strength: Strength = 'medium'): number {
  if (confidence >= rule.cap) return confidence;
  const part = Math.min(1, rule.reinforceRate * WEIGHT[strength]);
  return confidence + (rule.cap - confidence) * part;
}

/** Returns `c − rate · strength`, at least the floor. */
export function contradict(confidence: number, rule: ConfidenceRule, strength: Strength = 'medium'): number {
  return Math.max(rule.floor, confidence - rule.contradictRate * WEIGHT[strength]);
}

/** Returns `c · 0.5^(days / half-life)`, at least the floor. A confidence that is below the floor does not change. */
export function decay(confidence: number, rule: ConfidenceRule, days: number): number {
  if (confidence <= rule.floor) return confidence;
  return Math.max(rule.floor, confidence * 0.5 ** (Math.max(0, days) / rule.halfLifeDays));
}

/** The confidence of a new fact. */
export const FIRST_CONFIDENCE: Record<Trust, number> = { trusted: 1, untrusted: 0.5 };

/** The rule for facts: each repetition adds a third of the distance to certainty. */
export const FACT_CONFIDENCE: ConfidenceRule = {
  base: FIRST_CONFIDENCE.untrusted,
  cap: 1,
  floor: 0.05,
  reinforceRate: 1 / 3,
  contradictRate: 0.3,
  halfLifeDays: 180,
};

/**
 * The days after which an untrusted fact has lost half of its confidence, by category; `*` is for every other category.
 * The path of a file becomes wrong sooner than the reason of a decision. Trusted facts do not fade.
 */
export const FACT_HALF_LIFE_DAYS: Record<string, number> = {
  file: 60,
  endpoint: 90,
  preference: 90,
  general: 120,
  decision: 240,
  lesson: 240,
  '*': FACT_CONFIDENCE.halfLifeDays,
};

/** The confidence at which a fact stops fading. */
export const FADED_CONFIDENCE = 0.2;

/** The least confidence of a fact whose promotion a user accepted. */
export const ACCEPTED_CONFIDENCE = 0.9;

/** Hours between two decays of the same fact. */
export const HOURS_BETWEEN_DECAYS = 24;
