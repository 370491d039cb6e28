import { contradict, reinforce } from '../facts/belief.ts';
import { confidenceNow, type Field, HUB_BELIEF, type PreferenceEvent, type Staged } from './hub.ts';

/** A belief after a person's decision, with the line of evidence; undefined where nothing is believed. */
export interface Decided {
  field: Field | undefined;
  event: PreferenceEvent;
}

/**
 * What a person's decision about a staged preference does. Accepting what is believed makes it surer; accepting something else replaces it. Rejecting what is believed
 * makes it less sure, and what falls to its hub's floor is not believed any more; rejecting anything else changes nothing but the record.
 */
export function decide(staged: Staged, accepts: boolean, before: Field | undefined, now: Date): Decided {
  const rule = HUB_BELIEF[staged.hub];
  const known = before === undefined ? undefined : confidenceNow(staged.hub, before, now);
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
    excerpt: staged.text.slice(0, 200),
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
