import { parseArgs } from 'node:util';
import { z } from 'zod';

/** What `npm run bench -- …` was asked to do. */
export interface Settings {
  parts: readonly Part[];
  /** Measured time of one peer in one round. */
  seconds: number;
  rounds: number;
  json: boolean;
  /** Steps of one tenant that lie in the outbox. */
  backlog: number;
  /** Whether other durable queues are measured beside ours. */
  peers: boolean;
  /** The server on which the bench makes a database of its own. */
  databaseUrl: string | undefined;
}

export const PARTS = ['chain', 'distance', 'backlog', 'graph', 'requests', 'coldstart'] as const;
export type Part = (typeof PARTS)[number];

const Options = z.strictObject({
  only: z.enum(PARTS).optional(),
  seconds: z.coerce.number().positive().max(600).default(3),
  rounds: z.coerce.number().int().min(1).max(99).default(3),
  json: z.boolean().default(false),
  peers: z.boolean().default(true),
  backlog: z.coerce.number().int().min(1).max(1_000_000).default(100_000),
});

/** @throws Error that says which option is wrong */
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
