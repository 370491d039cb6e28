import { type ImportedPreference, importPreferences } from '../../memory/preferences/import-preferences.ts';
import { cutText } from '../../platform/cut-text.ts';
import { isFields } from '../reading/recognise.ts';
import { textOf, without } from './fields.ts';
import type { ParseItem } from './kind.ts';

type Hub = ImportedPreference['hub'];

const HUBS: readonly Hub[] = ['preferences', 'operating_ctx', 'soft_identity'];
/** What a hub says about itself, and the queue and log of its extractor. */
const ABOUT = ['meta', 'schema_version', 'last_updated', 'id', 'user_id', 'tenant_id', 'created_at', 'updated_at'];
const LONGEST_VALUE = 500;
const MOST_FIELDS = 500;

/**
 * Reads the hubs of ApexFlow's REMME. Each value becomes a preference named by its path; a field that the user has here
 * already is not changed. Staged suggestions and the evidence log belong to the extractor of the source.
 */
export const parsePreferences: ParseItem = (value) => {
  const named = HUBS.filter((hub) => isFields(value[hub]));
  const found = named.length > 0 ? named.flatMap((hub) => leavesOf(hub, value[hub])) : leavesOf(hubOf(value), value);
  const kept = found.slice(0, MOST_FIELDS);
  return {
    sourceId: named.length > 0 ? 'hubs' : hubOf(value),
    title: 'Preferences',
    notes: found.length > kept.length ? [`Only the first ${MOST_FIELDS} of ${found.length} fields were kept.`] : [],
    rest: named.length > 0 ? without(value, ...named) : { meta: value.meta ?? null },
    prepare: async () => async (transaction) => {
      const added = await importPreferences(transaction, kept, new Date());
      const had = kept.length - added;
      const note = had === 0 ? undefined : `${had} of ${kept.length} fields were here already and stay as they are.`;
      return { targetId: 'preferences', note };
    },
  };
};

/** A hub in a file of its own is known by its sections. */
function hubOf(value: Record<string, unknown>): Hub {
  if (Object.hasOwn(value, 'developer_posture')) return 'operating_ctx';
  return Object.hasOwn(value, 'professional_context') ? 'soft_identity' : 'preferences';
}

/** Returns the values in a hub with their paths. Lists of values are one value. */
function leavesOf(hub: Hub, value: unknown, path = ''): ImportedPreference[] {
  if (Array.isArray(value) && value.every((entry) => textOf(entry) !== undefined)) {
    const text = value.map((entry) => textOf(entry)).join(', ');
    return text === '' || path === '' ? [] : [{ hub, field: path, value: cutText(text, LONGEST_VALUE) }];
  }
  if (Array.isArray(value)) return value.flatMap((entry, at) => leavesOf(hub, entry, `${path}.${at}`));
  if (isFields(value))
    return Object.entries(path === '' ? without(value, ...ABOUT) : value).flatMap(([name, inner]) =>
      leavesOf(hub, inner, path === '' ? name : `${path}.${name}`),
    );
  const text = typeof value === 'boolean' ? String(value) : textOf(value);
  return text === undefined || path === ''
    ? []
    : [{ hub, field: cutText(path, 200), value: cutText(text, LONGEST_VALUE) }];
}
