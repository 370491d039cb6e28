import { z } from 'zod';
import { Trust } from '../../entities/search/hit.ts';
import { checkRefs } from './check-refs.ts';
import { MemoryKind } from './muted-memory.ts';

/**
 * A note beside an answer: one remembered thing that its context contained. Its words are those that the model read.
 * What was deleted, reverted or erased since then has no note.
 */
export const MemoryNote = z.strictObject({
  ref: z.string().meta({ description: 'M1, M2, …, as the answer cites it' }),
  kind: MemoryKind,
  target_id: z.string().meta({
    description: 'The id of a fact, the path of an entity file, or `<hub>/<field>` of a preference',
  }),
  block: z.string().nullable().meta({ description: 'The block of an entity file' }),
  commit_id: z.string().nullable().meta({ description: 'The commit that wrote the block' }),
  text: z.string(),
  source: z.string().nullable().meta({ description: 'The source in words' }),
  source_kind: z.string(),
  source_id: z.string().nullable().meta({ description: 'The argument of `POST /memory/revert`' }),
  since: z.string().meta({ description: 'Since when it is true' }),
  trust: Trust,
  flags: z.array(z.string()),
  why: z.array(z.string()).meta({ description: '`words`, `meaning`, `name … (written …)`, `always`' }),
  cited: z.boolean().meta({ description: 'Whether the answer cites it; the others were at hand' }),
  is_current: z.boolean().meta({ description: 'False when it was corrected or changed since the answer' }),
  is_muted: z.boolean(),
});
export type MemoryNote = z.infer<typeof MemoryNote>;

/** A note before its answer is read. */
export type UncitedNote = Omit<MemoryNote, 'cited'>;

/** Returns the notes of an answer with which of them it cites. */
export function notesOf(answer: string, notes: readonly UncitedNote[]): MemoryNote[] {
  if (notes.length === 0) return [];
  const cited = new Set(checkRefs(answer, notes).cited);
  return notes.map((note) => ({ ...note, cited: cited.has(note.ref) }));
}
