import { readonly, ref } from 'vue';
import { serverNow } from '../api/server-clock.ts';

/**
 * The server's time for texts such as "5 minutes ago" and for durations that go on, in milliseconds. It advances once a
 * second while the tab is seen, for all parts together.
 */
const time = ref(serverNow());
export const now = readonly(time);

setInterval(() => {
  if (!document.hidden) time.value = serverNow();
}, 1_000);
document.addEventListener('visibilitychange', () => {
  time.value = serverNow();
});
