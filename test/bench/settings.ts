import { parseArgs } from 'node:util';
import { z } from 'zod';

/** Options of `npm run bench`. */
export interface Settings {
  parts: readonly Part[];
  /** Duration of a measurement in one round. */
  seconds: number;
  rounds: number;
  json: boolean;
  /** Number of one tenant's steps in the outbox. */
  backlog: number;
  /** Whether other durable queues are measured too. */
  peers: boolean;
  /** The server on which the benchmark creates its database. */
  databaseUrl: string | undefined;
}

export const PARTS = [
  'chain',
  'distance',
  'backlog',
  'graph',
  'requests',
  'load',
  'realtime',
  'chat',
  'import',
  'coldstart',
  'convergence',
] as const;
export type Part = (typeof PARTS)[number];

const Options = z.strictObject({
  only: z.enum(PARTS).optional(),
  seconds: z.coerce.number().positive().max(600).default(3),
  rounds: z.coerce.number().int().min(1).max(99).default(3),
  json: z.boolean().default(false),
  peers: z.boolean().default(true),
  backlog: z.coerce.number().int().min(1).max(1_000_000).default(100_000),
});

/**
 * Parses the options.
 * @throws Error that names the invalid option
 */
export function readSettings(args: readonly string[], environment: Record<string, string | undefined>): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      json: { type: 'boolean' },
      peers: { type: 'boolean' },
      backlog: { type: 'string' },
    },
    allowNegative: true,
  });
  const parsed = Options.safeParse(values);
  if (!parsed.success) throw new Error(`--${z.prettifyError(parsed.error)}`);
  const { only, ...rest } = parsed.data;
  return { ...rest, parts: only === undefined ? PARTS : [only], databaseUrl: environment.DATABASE_URL || undefined };
}
