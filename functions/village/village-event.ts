import { z } from 'zod';

/**
 * What has happened in the village of a tenant. Each reader gets the events of what they see; the numbers of the others
 * are left out.
 */
export const VillageEvent = z.strictObject({
  seq: z.int(),
  type: z.enum(['statement_added', 'statement_deleted', 'pair_found']),
  data: z.record(z.string(), z.unknown()),
  timestamp: z.string(),
});
export type VillageEvent = z.infer<typeof VillageEvent>;

/** The channel of PostgreSQL notifications; the payload is the id of the tenant. */
export const VILLAGE_CHANNEL = 'village_events';
