import { defaultModel } from '../../identity/choose-model.ts';
import { localDay } from '../../platform/instant.ts';
import type { ModelChoice } from '../../platform/models/model.ts';
import type { Turn } from '../files/archive.ts';
import { SessionMaterial } from '../session.ts';
import type { ArchivedSessionRow } from '../sql/memory-session.ts';
import { turnsOfRun } from './transcript.ts';

/** The turns of a session, and the model that reads them. */
export interface SessionContent {
  turns: Turn[];
  model: ModelChoice;
  /** The run that pays for the model; undefined for a transcript, which the user's tenant pays for. */
  runId: string | undefined;
  /** Whether the speakers are people. The speakers of a run are workers. */
  isTalk: boolean;
}

/** Returns the content of a session: `turns` for a transcript, the task and the reports for a run. */
export function contentOf(session: ArchivedSessionRow, turns: readonly Turn[]): SessionContent {
  if (session.kind === 'transcript') {
    return { turns: [...turns], model: defaultModel(), runId: undefined, isTalk: true };
  }
  const { model } = SessionMaterial.parse(session.material);
  return { turns: turnsOfRun(session), model, runId: session.id, isTalk: false };
}

/**
 * Returns the day of the last turn, where it was said. The archive file, the headings and the timeline entry of a
 * session are named by this day.
 */
export function dayOf({ turns }: SessionContent, createdAt: string): string {
  const last = turns.at(-1)?.said_at ?? createdAt;
  return localDay(last);
}
