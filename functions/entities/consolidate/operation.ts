import { z } from 'zod';
import { EntityPath } from '../files/ontology.ts';

/**
 * What consolidation may do to the files of a user. A plan is a list of these operations; code applies them, whoever
 * made the plan.
 */

export const Tool = z.enum(['dedupe', 'redistribute', 'link']);
export type Tool = z.infer<typeof Tool>;
/** The order of the tools: merge files, then split long files, then link what is left. */
export const TOOLS = Tool.options;

const Reason = z.string().max(300).meta({ description: 'The reason, in one sentence' });

export const Merge = z.strictObject({
  op: z.literal('merge'),
  path: EntityPath.meta({ description: 'The file that is merged into the other file' }),
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
    .meta({ description: 'Name and type of a new target file; null for an existing one' }),
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

/**
 * Files that were examined and stay unchanged. `seen` identifies their content, so that the same question is not asked
 * again.
 */
export const Unchanged = z.strictObject({
  paths: z.array(z.string()),
  seen: z.array(z.string()),
  reason: Reason,
  confidence: z.number().min(0).max(1).nullable(),
});
export type Unchanged = z.infer<typeof Unchanged>;

/** What one tool plans to do. */
export const Plan = z.strictObject({
  proposer: z.enum(['model', 'rules']),
  operations: z.array(Operation),
  left: z.array(Unchanged),
  left_out: z.int().nonnegative(),
});
export type Plan = z.infer<typeof Plan>;

/**
 * Returns keys of what an operation is about, independent of direction. Operations with a key that the user has undone
 * are not proposed again.
 */
export function subjectsOf(operation: Operation): string[] {
  if (operation.op === 'merge') return [pairKey('merge', operation.path, operation.into)];
  if (operation.op === 'link') return operation.targets.map((target) => pairKey('link', operation.path, target));
  return operation.blocks.map((block) => `move ${operation.path} ${block}`);
}

export function pairKey(what: 'merge' | 'link', one: string, other: string): string {
  return [what, ...[one, other].sort()].join(' ');
}
