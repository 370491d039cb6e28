import { z } from 'zod';
import { idSchema } from '../../platform/id.ts';
import { taskType } from '../../platform/queue/task.ts';
import { NodeStatus } from '../../runs/planning/graph.ts';
import { ModelText, Money, RunId, SettleRun, TakeTurn, Timestamp } from '../../runs/run.ts';
import { BudgetUsd } from '../../runs/run-view.ts';
import { ThreadId } from '../../village/statement.ts';

/** Councils as the API accepts and returns them, and the task that takes the turns of their members. */

export const CouncilId = idSchema('council');
export const CouncilParams = z.strictObject({ id: CouncilId });

/** Takes turns of a member or of the chair. The engine of `runs` writes this task for nodes whose `turn_step` it is. */
export const TakeCouncilTurn: typeof TakeTurn = taskType({
  step: 'agents-take-council-turn',
  queue: 'model',
  payload: TakeTurn.payload,
});

/** Posts the positions of a council to the village. The engine of `runs` writes this task when the run completes. */
export const ShareCouncil: typeof SettleRun = taskType({
  step: 'agents-share-council',
  queue: 'control',
  payload: SettleRun.payload,
});

/** The name of a member stands in frames of prompts and in names of nodes, so it has no sign that means something. */
const MemberName = z
  .string()
  .trim()
  .max(40)
  .regex(/^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._-]*$/u, 'must be letters, digits, spaces and . _ -');

const MemberBody = z.strictObject({
  name: MemberName,
  persona: z.string().trim().min(1).max(1_000).optional().meta({
    description: 'The part that the member takes; left out: that of the default persona with this name, else none',
  }),
  model: ModelText.optional().meta({ description: "`provider/model`; left out: the tenant's default model" }),
});

const Mode = z.enum(['deliberation', 'vote']).meta({
  description: '`vote`: each member answers alone and once, and nobody sums up',
});

/** Returns the places, from 1, of the first texts that are the same but for case, such as "1 and 3". */
function samePlaces(texts: readonly string[]): string | undefined {
  const places = Map.groupBy(texts.keys(), (index) => texts[index]?.toLowerCase());
  const [same] = [...places.values()].filter(({ length }) => length > 1);
  return same?.map((index) => index + 1).join(' and ');
}

export const StartCouncilBody = z
  .strictObject({
    question: z.string().trim().min(1).max(4_000),
    options: z
      .array(
        z
          .string()
          .trim()
          .max(200)
          .regex(/^[^\r\n]+$/, 'must be one line'),
      )
      .min(2)
      .max(10)
      .superRefine((options, context) => {
        const places = samePlaces(options);
        if (places !== undefined) context.addIssue(`Options ${places} are the same`);
      })
      .optional()
      .meta({ description: 'What to decide between; left out: an open question' }),
    agents: z
      .array(MemberBody)
      .min(2)
      .max(8)
      .superRefine((members, context) => {
        const places = samePlaces(members.map(({ name }) => name));
        if (places !== undefined) context.addIssue(`Members ${places} have the same name`);
      })
      .optional()
      .meta({ description: 'Left out: Pragmatist, Idealist, Skeptic, Synthesizer and Innovator' }),
    rounds: z.int().min(1).max(10).optional().meta({
      description: 'The most rounds; left out: 3 of a deliberation, 1 of a vote, which cannot have more',
    }),
    threshold: z.number().min(0.5).max(1).default(0.8).meta({
      description: 'The share of the members at one position at which a deliberation ends; a vote does not use it',
    }),
    mode: Mode.default('deliberation'),
    budget_usd: BudgetUsd.optional().meta({ description: 'The most that the council may cost' }),
    share_in_village: z.boolean().default(false).meta({
      description:
        "When the council ends by itself, post each member's last position to the village, in a thread with the question as its title. Each member speaks there as an agent of yours with its name",
    }),
  })
  .refine((body) => body.mode !== 'vote' || body.options !== undefined, {
    path: ['options'],
    message: 'A vote needs options: at least two',
  })
  .refine(({ mode, rounds = 1 }) => mode !== 'vote' || rounds === 1, {
    path: ['rounds'],
    message: 'A vote has one round',
  });
export type StartCouncilBody = z.output<typeof StartCouncilBody>;

/** Returns the most rounds of a new council. */
export function roundsOf({ mode, rounds }: Pick<StartCouncilBody, 'mode' | 'rounds'>): number {
  return rounds ?? (mode === 'vote' ? 1 : 3);
}

/** What a council will probably cost. */
export const Estimate = z.strictObject({
  calls: z.int().meta({ description: 'Calls of models, when every round is held and nobody must be asked again' }),
  foreseen_usd: Money,
});

/** A member of a council. */
const Member = z.strictObject({ name: z.string(), persona: z.string(), model: z.string() });
export type Member = z.infer<typeof Member>;

const Share = z.number().min(0).max(1);

/** A position with the members that hold it. */
const Position = z.strictObject({ label: z.string(), statement: z.string(), agents: z.array(z.string()) });
export type Position = z.infer<typeof Position>;

const Interjection = z.strictObject({
  id: idSchema('itj'),
  text: z.string(),
  user_id: z.string(),
  created_at: Timestamp,
});

const Stance = z.strictObject({
  agent: z.string(),
  status: NodeStatus,
  position: z.string().nullable(),
  option: z.string().nullable().meta({ description: 'The position, when the council decides between options' }),
  statement: z.string().nullable(),
  confidence: Share.nullable(),
  reasons: z.array(z.string()),
  would_change: z.string().nullable().meta({ description: 'What would change the mind of the member' }),
  change: z.strictObject({ from: z.string(), reason: z.string() }).nullable(),
  error: z.string().nullable(),
  cost_usd: Money,
  node_id: z.string().meta({ description: "The node's id in the graph of the run" }),
});

const Round = z.strictObject({
  round: z.int(),
  score: Share.nullable().meta({
    description: 'The share of all members at the largest position; null before its end',
  }),
  positions: z.array(Position),
  agreements: z.array(z.string()),
  disagreements: z.array(z.string()),
  minority_report: z.string().nullable(),
  summary: z.string().nullable().meta({ description: "The chair's words; null before the end of the round" }),
  interjections: z.array(Interjection).meta({ description: 'What people said to this round before it began' }),
  stances: z.array(Stance),
});

const Outcome = z.strictObject({
  winner: z.string().nullable().meta({ description: 'Null for a tie, and when nobody answered' }),
  is_tie: z.boolean(),
  votes: z.array(z.strictObject({ position: z.string(), agents: z.array(z.string()), share: Share })),
  agreements: z.array(z.string()),
  disagreements: z.array(z.string()),
  minority_report: z.string().nullable(),
  summary: z.string(),
});

const CouncilStatus = z.enum(['running', 'paused', 'completed', 'failed', 'cancelled', 'cost_exceeded']);
const EndedBy = z.enum(['consensus', 'rounds', 'vote', 'stopped']);

export const CouncilSummary = z.strictObject({
  id: CouncilId,
  run_id: RunId,
  question: z.string(),
  options: z.array(z.string()).nullable(),
  agents: z.array(Member),
  chair_model: z.string().meta({ description: 'The model of the chair, provider/model' }),
  rounds: z.int(),
  threshold: z.number(),
  mode: Mode,
  status: CouncilStatus,
  ended_by: EndedBy.nullable().meta({ description: 'Null while it runs, and when it failed or its budget is spent' }),
  round: z.int().meta({ description: 'The newest round that has begun' }),
  score: Share.nullable().meta({ description: 'Of the last round that is over' }),
  foreseen_usd: Money.meta({ description: 'What the council was expected to cost when it began' }),
  spent_usd: Money.meta({ description: 'It may rise after the end, while the council is learned from' }),
  budget_usd: Money.nullable(),
  share_in_village: z.boolean(),
  thread_id: ThreadId.nullable().meta({
    description: 'The thread of the village with the positions; null until they are posted',
  }),
  error: z.string().nullable(),
  created_at: Timestamp,
  completed_at: Timestamp.nullable(),
});

/** A council in a list. */
export const CouncilLine = CouncilSummary.extend({
  winner: z.string().nullable().meta({
    description: 'The position that most members hold; null for a tie, and unless the council has completed',
  }),
  is_tie: z.boolean().meta({ description: 'Several positions are the largest' }),
});

export const Council = CouncilSummary.extend({
  held: z.array(Round).meta({ description: 'The rounds that have begun, and the next one when somebody spoke to it' }),
  outcome: Outcome.nullable().meta({
    description:
      'Null while the council runs. Unless it has completed, this is how the council stood so far, and no result',
  }),
});
export type Council = z.infer<typeof Council>;
export type HeldRound = z.infer<typeof Round>;
export type Outcome = z.infer<typeof Outcome>;
