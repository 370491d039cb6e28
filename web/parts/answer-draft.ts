/**
 * The answer that is being written to a question, kept in this tab until it is sent, so that closing the dialog, a
 * reload or a sign-in that has ended loses no words. What is stored is checked when it is read.
 */
export interface AnswerDraft {
  /** The own answer to a question. */
  written: string;
  /** The reason of a rejection. */
  why: string;
}

const placeOf = (user: string, question: string) => `apexflow.answer.${user}.${question}`;

export function readAnswer(user: string, question: string, storage: Storage = sessionStorage): AnswerDraft {
  try {
    const kept: unknown = JSON.parse(storage.getItem(placeOf(user, question)) ?? '{}');
    const { written, why } = kept as Partial<Record<keyof AnswerDraft, unknown>>;
    return { written: typeof written === 'string' ? written : '', why: typeof why === 'string' ? why : '' };
  } catch {
    return { written: '', why: '' };
  }
}

/** Keeps a draft, or forgets it when it is empty. */
export function keepAnswer(user: string, question: string, draft: AnswerDraft, storage: Storage = sessionStorage) {
  try {
    if (draft.written === '' && draft.why === '') storage.removeItem(placeOf(user, question));
    else storage.setItem(placeOf(user, question), JSON.stringify(draft));
  } catch {
    // A browser that keeps nothing: the draft lives as long as the dialog.
  }
}
