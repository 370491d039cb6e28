import { z } from 'zod';
import { pageOf, pageQuery } from '../../platform/cursor.ts';
import { endpoint } from '../../platform/endpoint.ts';
import { StagedPreference, StagingQueue } from '../preferences/preference.ts';
import { findPreferences } from '../sql/preference.ts';

/** Lists the caller's staged preferences, newest first. */
export const listStaged = endpoint({
  name: 'memory-list-staged',
  route: 'GET /api/v1/remme/staging',
  access: 'memory:read',
  onBehalfOf: 'known',
  summary: 'Lists the preferences that wait for your decision.',
  query: z.strictObject(pageQuery),
  reply: { 200: pageOf(StagedPreference) },
}).query(async ({ query, read, cursor }) => {
  const after = cursor.decode(query.cursor, z.strictObject({ id: z.string() }))?.id;
  const row = await findPreferences(read);
  const all = StagingQueue.parse(row?.staging_queue ?? {}).items.toSorted((one, other) => (one.id < other.id ? 1 : -1));
  const rest = all.filter(({ id }) => after === undefined || id < after);
  const items = rest.slice(0, query.limit);
  const last = rest.length > query.limit ? items.at(-1) : undefined;
  return { status: 200, body: { items, next_cursor: last === undefined ? null : cursor.encode({ id: last.id }) } };
});
