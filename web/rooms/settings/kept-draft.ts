import { watch } from 'vue';
import { session } from '../../api/session.ts';

/**
 * Keeps the unsaved draft of a form in this tab when the sign-in ends, and gives it back to the same user once, when
 * the form is opened again. Not for secrets. `read` returns undefined when nothing is unsaved; `restore` gets what it
 * returned, written as JSON and read.
 */
export function useKeptDraft<T>(form: string, read: () => T | undefined, restore: (draft: T) => void): void {
  if (session.value.kind !== 'signed-in') return;
  const place = `apexflow.unsaved.${form}.${session.value.user.id}`;
  try {
    const kept = sessionStorage.getItem(place);
    sessionStorage.removeItem(place);
    if (kept !== null) restore(JSON.parse(kept) as T);
  } catch {
    // A browser that keeps nothing.
  }
  watch(
    session,
    (now) => {
      const draft = now.kind === 'signed-out' && now.why === 'expired' ? read() : undefined;
      if (draft === undefined) return;
      try {
        sessionStorage.setItem(place, JSON.stringify(draft));
      } catch {
        // A browser that keeps nothing.
      }
    },
    { flush: 'sync' },
  );
}
