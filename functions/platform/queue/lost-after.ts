import { environment } from '../environment.ts';

/**
 * How long a task may be on its way before it counts as lost and is rung again, in seconds. Ringing again costs a delivery that does nothing, so it may be wrong; but
 * not often: Cloud Tasks may hold a task back for a while, a laptop's queue delivers within milliseconds.
 */
export const LOST_AFTER_SECONDS = environment.LOST_AFTER_SECONDS ?? (environment.isCloud ? 60 : 5);
