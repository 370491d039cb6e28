import { defaultModel } from '../../identity/choose-model.ts';
import type { ModelChoice } from '../../platform/models/model.ts';
import type { Turn } from '../archive-turns.ts';
import { SessionMaterial } from '../session.ts';
import type { ArchivedSessionRow } from '../sql/session-turn.ts';

/** What a session says, whoever it came from, and which model shall read it. */
export interface SessionContent {
  turns: Turn[];
  model: ModelChoice;
  /** The run that pays for it; a transcript is paid by the person's tenant. */
  runId: string | undefined;
  /** Whether its speakers are people; those of a run are workers. */
  isTalk: boolean;
}

/** The person's own words in a run, or in a conversation that names nobody. */
export const PERSON = 'user';

/** A transcript's turns as they are; of a run the task as the person's turn, and each report as its worker's. */
export function contentOf(session: ArchivedSessionRow, turns: readonly Turn[]): SessionContent {
  if (session.kind === 'transcript') {
    return { turns: [...turns], model: defaultModel(), runId: undefined, isTalk: true };
  }
  const { task, reports, model } = SessionMaterial.parse(session.material);
  const said_at = session.created_at;
  const said = [{ speaker: PERSON, text: task }, ...reports.map(({ worker, text }) => ({ speaker: worker, text }))];
  return {
    turns: said.filter(({ text }) => text.trim() !== '').map((turn) => ({ ...turn, said_at })),
    model,
    runId: session.id,
    isTalk: false,
  };
}

/** The day of a session, which its files and its place in the timeline are named for: that of what was said last. */
export function dayOf({ turns }: SessionContent, createdAt: string): string {
  const last = turns.at(-1)?.said_at ?? createdAt;
  return new Date(last).toISOString().slice(0, 10);
}
