import { cutText } from '../../platform/cut-text.ts';
import { contradict, reinforce } from '../confidence.ts';
import {
  currentConfidence,
  DENIED,
  HUB_CONFIDENCE,
  type PreferenceEvent,
  type PreferenceField,
  type StagedPreference,
} from './preference.ts';

/** The field after a decision, undefined when it is removed, with the event for the evidence log. */
interface DecisionResult {
  field: PreferenceField | undefined;
  event: PreferenceEvent;
}

/**
 * Applies a user's decision about a staged preference to its field. Accepting the current value raises its confidence;
 * accepting another value replaces it. Rejecting the current value lowers its confidence, and at the hub's floor
 * removes the field; rejecting another value only adds an event. Accepting "not npm" replaces the value npm, and leaves
 * any other value alone, because "pnpm" says it already.
 */
export function applyDecision(
  staged: StagedPreference,
  accepts: boolean,
  before: PreferenceField | undefined,
  now: Date,
): DecisionResult {
  const rule = HUB_CONFIDENCE[staged.hub];
  const known = before === undefined ? undefined : currentConfidence(staged.hub, before, now);
  const isSame = before?.value === staged.value;
  const recordedAt = now.toISOString();
  const isSaid = saysAlready(before, staged.value);
  const after = isSaid
    ? known
    : accepts
      ? isSame && known !== undefined
        ? reinforce(known, rule, staged.strength)
        : rule.base
      : isSame && known !== undefined
        ? contradict(known, rule, staged.strength)
        : known;
  const event: PreferenceEvent = {
    id: staged.id,
    action: accepts ? 'accepted' : 'rejected',
    hub: staged.hub,
    field: staged.field,
    value: staged.value,
    excerpt: cutText(staged.text, 200),
    source_id: staged.source_id,
    confidence_before: known ?? null,
    confidence_after: after ?? null,
    recorded_at: recordedAt,
  };
  if (after === undefined || isSaid || (!accepts && !isSame)) return { field: before, event };
  if (!accepts && after <= rule.floor) return { field: undefined, event };
  const evidence = isSame ? (before?.evidence ?? 0) + (accepts ? 1 : 0) : 1;
  return { field: { value: staged.value, confidence: after, evidence, updated_at: recordedAt }, event };
}

/** Returns whether a value other than the denied one is known. */
function saysAlready(before: PreferenceField | undefined, value: string): boolean {
  if (before === undefined || !value.startsWith(DENIED)) return false;
  return before.value !== value && before.value !== value.slice(DENIED.length);
}
