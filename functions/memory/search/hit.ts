import { z } from 'zod';
import { BlockHit, TurnHit } from '../../entities/search/hit.ts';
import { ScoredMemory } from '../memory.ts';

/** The kinds of things that a search finds: facts, turns of archived sessions, and blocks of entity files. */
export const HitKind = z.enum(['fact', 'turn', 'block']);
export type HitKind = z.infer<typeof HitKind>;

const FactHit = ScoredMemory.extend({ kind: z.literal('fact') });

export const MemoryHit = z.discriminatedUnion('kind', [FactHit, TurnHit, BlockHit]);
export type MemoryHit = z.infer<typeof MemoryHit>;
