import { z } from 'zod';
import { EntityPath } from '../files/ontology.ts';

/** What consolidation may do to the files of a person. A plan is a list of these and nothing else: whoever planned it, code carries it out. */

export const Tool = z.enum(['dedupe', 'redistribute', 'link']);
export type Tool = z.infer<typeof Tool>;
/** The order in which they work: first fewer files, then smaller ones, then links between what is there. */
export const TOOLS = Tool.options;

const Reason = z.string().max(300).meta({ description: 'Why, in a sentence' });

export const Merge = z.strictObject({
  op: z.literal('merge'),
  path: EntityPath.meta({ description: 'The file that becomes part of the other' }),
  into: EntityPath,
  reason: Reason,
  confidence: z.number().min(0).max(1),
});
export type Merge = z.infer<typeof Merge>;

export const Move = z.strictObject({
  op: z.literal('move'),
  path: EntityPath.meta({ description: 'The file that is too long' }),
  into: EntityPath,
  create: z
    .strictObject({ name: z.string(), type: z.string() })
    .nullable()
    .meta({ description: 'Name and type of the file where it is a new one' }),
  blocks: z.array(z.string()).min(1),
  reason: Reason,
});
export type Move = z.infer<typeof Move>;

export const Link = z.strictObject({
  op: z.literal('link'),
  path: EntityPath,
  targets: z.array(EntityPath).min(1),
  reason: Reason,
});
export type Link = z.infer<typeof Link>;

export const Operation = z.discriminatedUnion('op', [Merge, Move, Link]);
export type Operation = z.infer<typeof Operation>;

/** What was looked at and left as it is. `seen` says what the files held, so that the same is not asked again. */
export const Unchanged = z.strictObject({
  paths: z.array(z.string()),
  seen: z.array(z.string()),
  reason: Reason,
  confidence: z.number().min(0).max(1).nullable(),
});
export type Unchanged = z.infer<typeof Unchanged>;

/** What one tool wants to do. */
export const Plan = z.strictObject({
  proposer: z.enum(['model', 'rules']),
  operations: z.array(Operation),
  left: z.array(Unchanged),
  left_out: z.int().nonnegative(),
});
export type Plan = z.infer<typeof Plan>;

/** What an operation is about, whichever way round: one that a person has undone is not proposed again. */
export function subjectsOf(operation: Operation): string[] {
  if (operation.op === 'merge') return [pairKey('merge', operation.path, operation.into)];
  if (operation.op === 'link') return operation.targets.map((target) => pairKey('link', operation.path, target));
  return operation.blocks.map((block) => `move ${operation.path} ${block}`);
}

export function pairKey(what: 'merge' | 'link', one: string, other: string): string {
  return [what, ...[one, other].sort()].join(' ');
}
