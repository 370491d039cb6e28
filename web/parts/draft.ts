import { onBeforeUnmount, reactive, ref, watch } from 'vue';
import { session } from '../api/session.ts';

/** A form whose draft is kept. */
export interface KeptForm<Form> {
  name: string;
  empty: () => Form;
  /** Returns the form that is stored. It must be checked: an older version of the console may have written it. */
  read: (stored: Record<string, unknown>) => Form;
  /** Whether nothing is lost without it. */
  isEmpty: (form: Form) => boolean;
}

const KEEP_MS = 300;
const placeOf = (name: string, user: string) => `apexflow.draft.${name}.${user}`;

/** Returns the draft of a user, or undefined without one. */
export function readDraft<Form>(kept: KeptForm<Form>, user: string, storage: Storage = localStorage): Form | undefined {
  try {
    const stored: unknown = JSON.parse(storage.getItem(placeOf(kept.name, user)) ?? 'null');
    if (typeof stored !== 'object' || stored === null) return undefined;
    const form = kept.read({ ...stored });
    return kept.isEmpty(form) ? undefined : form;
  } catch {
    return undefined;
  }
}

/** Keeps the draft of a user; an empty one is forgotten. */
export function keepDraft<Form>(
  kept: KeptForm<Form>,
  user: string,
  form: NoInfer<Form>,
  storage: Storage = localStorage,
): void {
  try {
    if (kept.isEmpty(form)) storage.removeItem(placeOf(kept.name, user));
    else storage.setItem(placeOf(kept.name, user), JSON.stringify(form));
  } catch {
    // A browser that keeps nothing: the draft lives as long as the page.
  }
}

/**
 * Holds a form, and keeps its draft in this browser for this user until it is sent (`drop`) or given up (`discard`).
 * `start` chooses what the form begins with.
 */
export function useDraft<Form extends object>(
  kept: KeptForm<Form>,
  start: (draft: Form | undefined) => Form = (draft) => draft ?? kept.empty(),
) {
  const user = session.value.kind === 'signed-in' ? session.value.user.id : '';
  const draft = readDraft(kept, user);
  const first = start(draft);
  // A form has no refs inside, so a reactive one has the same type.
  const form = reactive(first) as Form;
  const hasDraft = ref(draft !== undefined && first === draft);
  let isSent = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function keep(): void {
    clearTimeout(timer);
    if (!isSent) keepDraft(kept, user, form);
  }
  watch(form, () => {
    clearTimeout(timer);
    timer = setTimeout(keep, KEEP_MS);
  });
  addEventListener('pagehide', keep);
  onBeforeUnmount(() => {
    removeEventListener('pagehide', keep);
    keep();
  });

  return {
    user,
    form,
    hasDraft,
    drop: () => {
      isSent = true;
      clearTimeout(timer);
      keepDraft(kept, user, kept.empty());
    },
    discard: () => {
      Object.assign(form, kept.empty());
      hasDraft.value = false;
    },
  };
}

/** Returns a stored text; anything else is an empty one. A field for numbers stores a number. */
export function textIn(stored: unknown): string {
  return typeof stored === 'string' || typeof stored === 'number' ? String(stored) : '';
}
