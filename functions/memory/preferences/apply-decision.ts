import { cutText } from '../../platform/cut-text.ts';
import { contradict, reinforce } from '../confidence.ts';
import {
  currentConfidence,
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
 * removes the field; rejecting another value only adds an event.
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
  const after = accepts
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
  if (after === undefined || (!accepts && !isSame)) return { field: before, event };
  if (!accepts && after <= rule.floor) return { field: undefined, event };
  const evidence = isSame ? (before?.evidence ?? 0) + (accepts ? 1 : 0) : 1;
  return { field: { value: staged.value, confidence: after, evidence, updated_at: recordedAt }, event };
}
