import { onBeforeUnmount, onMounted } from 'vue';
import { session } from '../api/session.ts';

/** When this user last looked at a page in this browser, and the watermark of the changes that they had seen. */
export interface Look {
  at: string;
  watermark: string;
}

/**
 * Returns the last look at a page, or undefined at the first one. `current` gives the watermark of what is shown now,
 * or undefined while nothing is; it is kept when the page is left or the tab is hidden. A page without watermarks gives
 * none.
 */
export function useLastLook(place: string, current: () => string | undefined = () => ''): Look | undefined {
  const user = session.value.kind === 'signed-in' ? session.value.user.id : 'nobody';
  const key = `apexflow.looked.${place}.${user}`;
  const keep = () => {
    const watermark = current();
    if (watermark === undefined) return;
    try {
      localStorage.setItem(key, JSON.stringify({ at: new Date().toISOString(), watermark } satisfies Look));
    } catch {
      // A browser that keeps nothing never says what has changed since.
    }
  };
  const keepWhenHidden = () => document.hidden && keep();
  onMounted(() => {
    document.addEventListener('visibilitychange', keepWhenHidden);
    addEventListener('pagehide', keep);
  });
  onBeforeUnmount(() => {
    keep();
    document.removeEventListener('visibilitychange', keepWhenHidden);
    removeEventListener('pagehide', keep);
  });
  return read(key);
}

function read(key: string): Look | undefined {
  try {
    const { at, watermark } = JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Look>;
    const isLook = typeof at === 'string' && typeof watermark === 'string' && !Number.isNaN(Date.parse(at));
    return isLook ? { at, watermark } : undefined;
  } catch {
    return undefined;
  }
}
