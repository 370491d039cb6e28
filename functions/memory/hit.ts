import { z } from 'zod';
import { BlockHit, TurnHit } from '../entities/search/hit.ts';
import { RecalledMemory } from './memory.ts';

/** What a search can find: facts, what was said (evidence), and blocks of entity files. */
export const HitKind = z.enum(['fact', 'turn', 'block']);
export type HitKind = z.infer<typeof HitKind>;

export const FactHit = RecalledMemory.extend({ kind: z.literal('fact') });
export type FactHit = z.infer<typeof FactHit>;

export const MemoryHit = z.discriminatedUnion('kind', [FactHit, TurnHit, BlockHit]);
export type MemoryHit = z.infer<typeof MemoryHit>;
