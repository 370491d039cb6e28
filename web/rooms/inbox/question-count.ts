import { useQuery, useQueryCache } from '@pinia/colada';
import { onScopeDispose, type Ref, watch } from 'vue';
import { readAgain } from '../../api/read-again.ts';
import { announce } from '../../parts/announce.ts';

const PAUSE_MS = 15_000;

/**
 * Returns how many questions and approvals are open, for the rail. Reads the count and the list of the inbox again
 * every 15 s while the tab is seen, and at once when the tab comes back. Says to screen readers when there are more.
 * What it needs is loaded after the shell.
 */
export function useQuestionCount(): Ref<number | undefined> {
  const cache = useQueryCache();
  const count = useQuery({
    key: ['questions', 'count'],
    query: async ({ signal }) => (await import('./questions.ts')).countQuestions(signal),
  });
  const refresh = () => {
    if (!document.hidden) void readAgain(cache, ['questions']);
  };
  const timer = setInterval(refresh, PAUSE_MS);
  document.addEventListener('visibilitychange', refresh);
  onScopeDispose(() => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', refresh);
  });
  watch(count.data, async (now, before) => {
    if (now === undefined || before === undefined || now <= before) return;
    announce((await import('../../text/inbox.ts')).text.news(now));
  });
  return count.data;
}
