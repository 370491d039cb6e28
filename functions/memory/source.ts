import { z } from 'zod';
import { Trust } from '../entities/search/hit.ts';

const Count = z.int().nonnegative();

/** `learned`: applied. `staged` sessions wait for their commit, `pending` ones for the step that reads them. */
export const SourceState = z.enum(['learned', 'pending', 'staged', 'failed', 'reverted']);
export type SourceState = z.infer<typeof SourceState>;

/** Where memory was learned from: a session, a run, a page, a sync, or what a user added by hand. */
export const Source = z.strictObject({
  id: z.string().meta({ description: 'The argument of `revert` and `erase`' }),
  kind: z.string().meta({
    description:
      '`transcript`, `sprint`, `run`, `web`, `document`, `tool`, `import`, `sync`, or `person` for facts added by hand',
  }),
  title: z
    .string()
    .meta({ description: 'At most 200 characters: the task, the first words, the address or the message' }),
  quote: z.string().nullable().meta({ description: 'The first turn, at most 500 characters; null when there is none' }),
  speaker: z.string().nullable().meta({ description: 'Who said the quote' }),
  at: z.string().meta({ description: 'When the source was received' }),
  trust: Trust.nullable().meta({ description: 'Trusted when all that came from it is; null when nothing came' }),
  state: SourceState,
  is_revertible: z.boolean().meta({ description: 'Whether `POST /memory/revert` takes the id' }),
  run_id: z.string().nullable().meta({ description: 'The run, when the source is one that still exists' }),
  job_id: z.string().nullable().meta({ description: 'The job of a session; `GET /memory/jobs/{id}` shows its diff' }),
  turns: Count,
  facts: Count,
  blocks: Count.meta({ description: 'Blocks of current entity files that have their text from this source' }),
  entities: Count.meta({ description: 'The entity files of these blocks' }),
  preferences: Count.meta({ description: 'Staged preferences, and quotes of decided ones' }),
});

const COUNTED = { facts: true, blocks: true, entities: true, preferences: true } as const;

/**
 * One source with what came from it. Lists of at most 200 items take the place of the counts of a listed source; the
 * complete counts are in `counts`.
 */
export const SourceDetail = Source.omit(COUNTED).extend({
  counts: Source.pick(COUNTED),
  first_turns: z
    .array(z.strictObject({ position: z.int(), speaker: z.string(), said_at: z.string(), text: z.string() }))
    .meta({ description: 'At most 20 turns of 2,000 characters' }),
  facts: z.array(
    z.strictObject({
      id: z.string(),
      text: z.string(),
      trust: Trust,
      scope: z.string(),
      valid_from: z.string(),
      valid_to: z.string().nullable(),
      superseded_by: z.string().nullable(),
      actions: z.array(z.string()).meta({ description: 'What the source did to the fact: inserted, reinforced, …' }),
    }),
  ),
  blocks: z.array(
    z.strictObject({
      path: z.string(),
      block: z.string(),
      heading: z.string(),
      text: z.string(),
      commit_id: z.string(),
      since: z.string(),
      until: z.string().nullable().meta({ description: 'Null for text that is in the current file' }),
    }),
  ),
  derived: z
    .array(
      z.strictObject({
        id: z.string(),
        text: z.string(),
        derived_from: z.string().nullable().meta({
          description: 'The fact that influenced the run; null when the run read the page of the source',
        }),
        run_id: z.string().nullable(),
      }),
    )
    .meta({ description: 'Facts that runs learned under the influence of this source' }),
  preferences: z.array(
    z.strictObject({
      id: z.string(),
      state: z.enum(['staged', 'accepted', 'rejected']),
      hub: z.string(),
      field: z.string(),
      value: z.string(),
      quote: z.string(),
    }),
  ),
});
