import { environment } from '../environment.ts';

/**
 * After this many seconds without delivery a task counts as lost and is created again. A wrong guess costs one delivery
 * without effect. Cloud Tasks may delay a task for a while; the queue of a laptop delivers within milliseconds.
 */
export const LOST_AFTER_SECONDS = environment.LOST_AFTER_SECONDS ?? (environment.isCloud ? 60 : 5);
