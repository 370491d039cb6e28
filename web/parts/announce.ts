import { readonly, ref, shallowRef } from 'vue';

/**
 * Short messages of the console. `announce` is heard by screen readers only, at most once in 5 s, so that a busy run
 * does not talk without end. `notify` is also seen, for 6 s.
 */

const LEAST_PAUSE_MS = 5_000;
const SEEN_MS = 6_000;
/** Who reads the page by hand later must not find old news. */
const SAID_MS = 10_000;

const heard = ref('');
const seen = shallowRef<{ id: number; text: string; tone: 'plain' | 'failed' }[]>([]);
let lastAt = 0;
let waiting: { text: string; timer: ReturnType<typeof setTimeout> } | undefined;
let silence: ReturnType<typeof setTimeout> | undefined;
let lastId = 0;

/** What the shell's live region says. */
export const announcement = readonly(heard);
/** What the shell shows in its corner. */
export const notices = readonly(seen);

/** Says a change of state to screen readers. Of several within 5 s only the last is said. */
export function announce(text: string): void {
  if (waiting !== undefined) clearTimeout(waiting.timer);
  const wait = Math.max(0, lastAt + LEAST_PAUSE_MS - Date.now());
  waiting = {
    text,
    timer: setTimeout(() => {
      lastAt = Date.now();
      heard.value = text;
      waiting = undefined;
      clearTimeout(silence);
      silence = setTimeout(() => {
        heard.value = '';
      }, SAID_MS);
    }, wait),
  };
}

/** Shows a message in the corner and says it. */
export function notify(text: string, tone: 'plain' | 'failed' = 'plain'): void {
  lastId += 1;
  const id = lastId;
  seen.value = [...seen.value.slice(-2), { id, text, tone }];
  setTimeout(() => dismiss(id), SEEN_MS);
}

export function dismiss(id: number): void {
  seen.value = seen.value.filter((notice) => notice.id !== id);
}
