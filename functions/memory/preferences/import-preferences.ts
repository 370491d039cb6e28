import type { Transaction } from '../../platform/database/database.ts';
import { lockPreferences, updatePreferences } from '../sql/preference.ts';
import { HUB_CONFIDENCE, Hub, type PreferenceField, StoredHub } from './preference.ts';

/** A preference of another system: its hub, a path such as `output_contract.verbosity`, and its value. */
export interface ImportedPreference {
  hub: Hub;
  field: string;
  value: string;
}

/**
 * Adds preferences of the transaction's user. A field that the user has already stays as it is: what they decided here
 * is newer. Returns how many were added.
 */
export async function importPreferences(
  transaction: Transaction,
  imported: readonly ImportedPreference[],
  now: Date,
): Promise<number> {
  const row = await lockPreferences(transaction);
  let added = 0;
  const hubs = Hub.options.map((hub) => {
    const { fields } = StoredHub.parse(row[hub]);
    const fresh = imported.filter(({ field, ...one }) => one.hub === hub && !Object.hasOwn(fields, field));
    added += fresh.length;
    const entries = fresh.map(({ field, value }): [string, PreferenceField] => [
      field,
      { value, confidence: HUB_CONFIDENCE[hub].base, evidence: 1, updated_at: now.toISOString() },
    ]);
    return [hub, { fields: { ...fields, ...Object.fromEntries(entries) } }] as const;
  });
  if (added > 0) await updatePreferences(transaction, { ...row, ...Object.fromEntries(hubs) });
  return added;
}
