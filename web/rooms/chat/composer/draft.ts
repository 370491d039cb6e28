/**
 * What is being written in a chat, kept in this browser until it is sent: a reload, a lost connection or another page
 * loses no words. `model` is what the person chose for the chat.
 */
export interface Draft {
  text: string;
  model: string;
}

/** The name of the draft of a chat that has no id yet. */
const NEW = 'new';
const placeOf = (user: string, chat: string | undefined) => `apexflow.chat.${user}.${chat ?? NEW}`;

/** What is stored is checked. */
export function readDraft(user: string, chat: string | undefined, storage: Storage = localStorage): Draft {
  try {
    const kept: unknown = JSON.parse(storage.getItem(placeOf(user, chat)) ?? '{}');
    const { text, model } = kept as Partial<Record<keyof Draft, unknown>>;
    return { text: typeof text === 'string' ? text : '', model: typeof model === 'string' ? model : '' };
  } catch {
    return { text: '', model: '' };
  }
}

/** Keeps a draft, or forgets it when it is empty. */
export function keepDraft(user: string, chat: string | undefined, draft: Draft, storage: Storage = localStorage): void {
  try {
    if (draft.text === '' && draft.model === '') storage.removeItem(placeOf(user, chat));
    else storage.setItem(placeOf(user, chat), JSON.stringify(draft));
  } catch {
    // A browser that keeps nothing: the draft lives as long as the page.
  }
}
