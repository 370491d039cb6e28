import { z } from 'zod';

/** Who compared two statements. */
export const JudgedBy = z.enum(['rules', 'model']);
export type JudgedBy = z.infer<typeof JudgedBy>;

export const LONGEST_REASON = 300;
