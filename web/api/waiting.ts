/** How connections that live wait: until the tab is seen, and before the next try. */

const BACK_OFF_MS = [1_000, 2_000, 5_000, 10_000];

/** Resolves when the tab is seen or the connection is not wanted any more. */
export function untilVisible(closed: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      if (document.hidden && !closed.aborted) return;
      document.removeEventListener('visibilitychange', done);
      closed.removeEventListener('abort', done);
      resolve();
    };
    document.addEventListener('visibilitychange', done);
    closed.addEventListener('abort', done);
  });
}

/** Waits 1, 2, 5, then 10 s, each shortened at random so that clients don't return together; less when online again. */
export function pause(failures: number, closed: AbortSignal): Promise<void> {
  const longest = BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)] ?? 0;
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      closed.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, longest * (0.5 + Math.random() / 2));
    window.addEventListener('online', done);
    closed.addEventListener('abort', done);
  });
}
