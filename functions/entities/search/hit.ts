import { z } from 'zod';

/** Who said something: `trusted` is a person's own statement, `untrusted` everything else. */
export const Trust = z.enum(['trusted', 'untrusted']);
export type Trust = z.infer<typeof Trust>;

const Score = z.number().min(0).max(1);
/** Each signal between 0 and 1, and the factors (`times_…`) that moved the score. */
const Signals = z.record(z.string(), z.number());

/** A turn of an archived session. What was said is evidence, not knowledge: it is untrusted, whoever said it. */
export const TurnHit = z.strictObject({
  kind: z.literal('turn'),
  id: z.string().meta({ description: 'The session and the place in it' }),
  session_id: z.string(),
  position: z.int(),
  speaker: z.string(),
  said_at: z.string(),
  text: z.string(),
  caption: z.string().nullable(),
  trust: Trust,
  score: Score,
  why: Signals,
});
export type TurnHit = z.infer<typeof TurnHit>;

/** A block of an entity file, with the commit that it came with. */
export const BlockHit = z.strictObject({
  kind: z.literal('block'),
  id: z.string().meta({ description: 'The file and the block in it' }),
  repository: z.string(),
  path: z.string(),
  block: z.string(),
  heading: z.string(),
  text: z.string(),
  commit_id: z.string(),
  valid_from: z.string(),
  valid_to: z.string().nullable(),
  trust: Trust,
  score: Score,
  why: Signals,
});
export type BlockHit = z.infer<typeof BlockHit>;
