import { z } from 'zod';

/** The trust in a text: `trusted` for the user's own statements, `untrusted` for everything else. */
export const Trust = z.enum(['trusted', 'untrusted']);
export type Trust = z.infer<typeof Trust>;

const Score = z.number().min(0).max(1);
/** Signals between 0 and 1, and the factors (`times_…`) that the score was multiplied by. */
const Signals = z.record(z.string(), z.number());

/** A turn of an archived session. It is evidence and not knowledge, so it is untrusted whoever spoke. */
export const TurnHit = z.strictObject({
  kind: z.literal('turn'),
  id: z.string().meta({ description: 'The session and the position in it' }),
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

/** A block of an entity file, with the commit that wrote it. */
export const BlockHit = z.strictObject({
  kind: z.literal('block'),
  id: z.string().meta({ description: 'The file and its block' }),
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
