import { z } from 'zod';

/** Order and result of the generator: many clients get the same messages. */
export const FanOutOrder = z.strictObject({
  url: z.string(),
  clients: z.int().positive(),
  perSecond: z.int().positive(),
  seconds: z.number().positive(),
  /** The product: tokens of the users, and the run whose events are the messages. Absent for the bare server. */
  run: z.strictObject({ id: z.string(), tokens: z.array(z.string()), databaseUrl: z.string() }).optional(),
  /** The process of the server. */
  pid: z.int(),
});
export type FanOutOrder = z.infer<typeof FanOutOrder>;

export const FanOutFigures = z.strictObject({
  /** From the commit, or from the sending to the bare server, to each client. */
  p50_ms: z.number(),
  p99_ms: z.number(),
  /** Messages that a client did not get, or got twice. */
  faults: z.int(),
  /** Growth of the server's memory by its clients. */
  kib_per_client: z.number(),
  /** CPU time of the server for one message to one client. */
  cpu_us_per_delivery: z.number(),
});
export type FanOutFigures = z.infer<typeof FanOutFigures>;
