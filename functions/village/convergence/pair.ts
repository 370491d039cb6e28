import { z } from 'zod';

/** What two statements of different agents are to each other, whatever their similarity. */
export const Stance = z.enum(['agree', 'deny', 'unrelated']);
export type Stance = z.infer<typeof Stance>;

/** Who compared two statements. */
export const JudgedBy = z.enum(['rules', 'model']);
export type JudgedBy = z.infer<typeof JudgedBy>;

export const LONGEST_REASON = 300;
