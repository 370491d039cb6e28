import { z } from 'zod';

/** Order and result of the load generator. */
export const LoadOrder = z.strictObject({
  url: z.string(),
  token: z.string(),
  seconds: z.number(),
  connections: z.int(),
});
export type LoadOrder = z.infer<typeof LoadOrder>;

export const LoadFigures = z.strictObject({ requests_per_second: z.number(), p50_ms: z.number(), p99_ms: z.number() });
export type LoadFigures = z.infer<typeof LoadFigures>;
