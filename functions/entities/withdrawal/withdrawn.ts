import { z } from 'zod';

/** Why a change is not there any more once a source is. */
export const WithdrawnWhy = z.enum(['text_gone', 'says_what_is_gone', 'run_was_influenced', 'conflict']).meta({
  description:
    'text_gone: it changed a text that is not there without the source. says_what_is_gone: its model was shown what is withdrawn, and it says names, numbers or words that stood only there. run_was_influenced: a run had facts of the source in its context, or read the page. conflict: it cannot be told from what the source did',
});

/** A change of a later commit that was derived from a source. */
export const Withdrawn = z.strictObject({
  commit_id: z.string().nullable().meta({ description: 'The commit that made it; null for what was only staged' }),
  session_id: z.string().nullable(),
  path: z.string(),
  block: z.string().nullable(),
  op: z.enum(['create', 'append', 'replace', 'merge']).meta({ description: 'merge: of a commit that no session made' }),
  why: WithdrawnWhy,
});
export type Withdrawn = z.infer<typeof Withdrawn>;

/** What was withdrawn from one commit. */
export type WithdrawnChange = Omit<Withdrawn, 'commit_id' | 'session_id'>;
