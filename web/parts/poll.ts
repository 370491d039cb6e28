import { onBeforeUnmount, onMounted } from 'vue';

const LONGEST_WAIT_MS = 30_000;

/**
 * Repeats a task while the component is mounted and the tab is seen: at once, then `everyMs` after each end. A hidden
 * tab stops it; it goes on at once when the tab is seen again. After a failure the wait doubles, up to 30 s.
 */
export function usePoll(task: (signal: AbortSignal) => Promise<void>, everyMs: number): void {
  const closing = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isRunning = false;
  let wait = everyMs;

  async function turn() {
    timer = undefined;
    if (isRunning || document.hidden || closing.signal.aborted) return;
    isRunning = true;
    try {
      await task(closing.signal);
      wait = everyMs;
    } catch {
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
    isRunning = false;
    if (!closing.signal.aborted) timer = setTimeout(turn, wait);
  }

  function onVisible() {
    if (document.hidden) return;
    clearTimeout(timer);
    void turn();
  }

  onMounted(() => {
    document.addEventListener('visibilitychange', onVisible);
    void turn();
  });
  onBeforeUnmount(() => {
    closing.abort();
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', onVisible);
  });
}
