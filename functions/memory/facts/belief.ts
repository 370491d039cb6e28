/**
 * How sure we are, as a number between 0 and 1: repeated words make it rise toward a cap, a contradiction makes it fall by a step, time halves it. The
 * figures per kind are those of the belief engine of ApexFlow's REMME (research, A5), which was never called there.
 */
export interface BeliefRule {
  /** What it starts from. */
  base: number;
  cap: number;
  floor: number;
  /** The part of the way to the cap that a repetition of medium strength goes. */
  reinforceRate: number;
  /** What a contradiction of medium strength takes. */
  contradictRate: number;
  halfLifeDays: number;
}

export type Strength = 'strong' | 'medium' | 'weak';

const WEIGHT: Record<Strength, number> = { strong: 1.5, medium: 1, weak: 0.5 };

/** `c + (cap − c) · rate · strength`, never above the cap. */
export function reinforce(confidence: number, rule: BeliefRule, strength: Strength = 'medium'): number {
  if (confidence >= rule.cap) return confidence;
  const part = Math.min(1, rule.reinforceRate * WEIGHT[strength]);
  return confidence + (rule.cap - confidence) * part;
}

/** `c − rate · strength`, never below the floor. */
export function contradict(confidence: number, rule: BeliefRule, strength: Strength = 'medium'): number {
  return Math.max(rule.floor, confidence - rule.contradictRate * WEIGHT[strength]);
}

/** `c · 0.5^(days / half-life)`, never below the floor; what is below it already stays. */
export function decay(confidence: number, rule: BeliefRule, days: number): number {
  if (confidence <= rule.floor) return confidence;
  return Math.max(rule.floor, confidence * 0.5 ** (Math.max(0, days) / rule.halfLifeDays));
}

/** Facts may become certain; a third of the way with each repetition. */
export const FACT_BELIEF: BeliefRule = {
  base: 0.5,
  cap: 1,
  floor: 0.05,
  reinforceRate: 1 / 3,
  contradictRate: 0.3,
  halfLifeDays: 180,
};

/** Days in which an untrusted fact of a category loses half of its belief: a file moves sooner than the reason of a decision becomes wrong. */
export const FACT_HALF_LIVES: Record<string, number> = {
  file: 60,
  endpoint: 90,
  preference: 90,
  general: 120,
  decision: 240,
  lesson: 240,
  '*': FACT_BELIEF.halfLifeDays,
};

/** A fact that faded to this is as good as not there and fades no further. */
export const FADED = 0.2;

/** The least confidence of a fact whose promotion a person accepted. */
export const ACCEPTED_CONFIDENCE = 0.9;

/** Hours between two decays of the same fact. */
export const HOURS_BETWEEN_DECAYS = 24;
