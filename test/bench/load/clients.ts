import { z } from 'zod';

/** Order and result of the load generator: many users at once, each with a token of its own. */
export const ClientsOrder = z.strictObject({
  url: z.string(),
  tokens: z.array(z.string()),
  mix: z.enum(['profile', 'everything']),
  seconds: z.number(),
});
export type ClientsOrder = z.infer<typeof ClientsOrder>;

export const ClientsFigures = z.strictObject({
  requests_per_second: z.number(),
  p50_ms: z.number().nullable(),
  p99_ms: z.number().nullable(),
  /** The longest answer, or wait for an answer at the end. */
  longest_ms: z.number(),
  /** Broken connections, time-outs and answers other than 2xx. */
  errors: z.int(),
  statuses: z.record(z.string(), z.int()),
});
export type ClientsFigures = z.infer<typeof ClientsFigures>;
