import { onBeforeUnmount, onMounted } from 'vue';
import { session } from '../api/session.ts';

/**
 * Returns when this user last looked at a page in this browser, as an ISO date, or undefined at the first time. Notes
 * the present look when the page is left or the tab is hidden.
 */
export function useLastLook(place: string): string | undefined {
  const user = session.value.kind === 'signed-in' ? session.value.user.id : 'nobody';
  const key = `apexflow.looked.${place}.${user}`;
  const note = () => {
    try {
      localStorage.setItem(key, new Date().toISOString());
    } catch {
      // A browser that keeps nothing never says what changed.
    }
  };
  const noteWhenHidden = () => document.hidden && note();
  onMounted(() => document.addEventListener('visibilitychange', noteWhenHidden));
  onBeforeUnmount(() => {
    note();
    document.removeEventListener('visibilitychange', noteWhenHidden);
  });
  try {
    const kept = localStorage.getItem(key);
    return kept !== null && !Number.isNaN(Date.parse(kept)) ? kept : undefined;
  } catch {
    return undefined;
  }
}
