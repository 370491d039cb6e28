import { z } from 'zod';
import { idSchema } from '../platform/id.ts';
import { Instant } from '../platform/instant.ts';
import { RunKind, RunStatus } from './run.ts';
import type { RunFilter } from './sql/run-list.ts';

/** Filters of `GET /runs` and `GET /runs/counts`, which must mean the same in both. */
export const runFilterQuery = {
  kind: RunKind.optional().meta({ description: 'Left out: runs and sprints' }),
  q: z.string().trim().min(1).max(200).optional().meta({ description: 'A part of the query; case is ignored' }),
  worker: z
    .string()
    .regex(/^[a-z][a-z_-]{0,49}$/)
    .optional()
    .meta({ description: 'Runs in which this worker takes part' }),
  user_id: idSchema('usr').optional().meta({ description: 'Runs that this user started' }),
  mine: z.enum(['true', 'false']).optional().meta({ description: 'true: only runs that the caller started' }),
  created_from: Instant.optional(),
  created_to: Instant.optional().meta({ description: 'Runs that were created before this time' }),
};
const RunFilterQuery = z.strictObject(runFilterQuery);

export function filterOf(query: z.output<typeof RunFilterQuery>): RunFilter {
  return {
    kind: query.kind,
    text: query.q,
    worker: query.worker,
    userId: query.user_id,
    isMine: query.mine === 'true',
    createdFrom: query.created_from,
    createdTo: query.created_to,
  };
}

/** One status, or several with commas between them. */
export const Statuses = z
  .string()
  .regex(/^[a-z_]+(,[a-z_]+)*$/, 'must be statuses with commas between them')
  .max(200)
  .transform((text) => text.split(','))
  .pipe(z.array(RunStatus));
