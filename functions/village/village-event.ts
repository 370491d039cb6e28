/**
 * What happens in the village of a tenant, for those who follow its channel. Each reader gets the events of what they
 * see; the numbers of the others are left out.
 */
export { findVillageSeq, listVillageEventsAfter as villageEventsAfter } from './sql/event.ts';

/** The channel of PostgreSQL notifications; the payload is the id of the tenant. */
export const VILLAGE_CHANNEL = 'village_events';
