import { useQuery } from '@pinia/colada';
import { type Component, computed, shallowRef, watch } from 'vue';
import { api } from '../../../api/client.ts';
import { dataOf } from '../../../api/problem.ts';
import { hasEnded, type Run } from './run-event.ts';

const FIRST_FILES = 8;

/**
 * Reads what the card of the result needs: the first files and the component that draws Markdown. The card is shown
 * when both are there, so that it does not grow under the reader.
 */
export function useOutcome(id: string, run: { readonly value: Run | undefined }) {
  const isEnded = computed(() => run.value !== undefined && hasEnded(run.value.status));
  const markdown = shallowRef<Component>();
  const hasNoMarkdown = shallowRef(false);
  const files = useQuery({
    key: () => ['runs', 'files', id, 'first'],
    query: ({ signal }) =>
      dataOf(api.GET('/api/v1/runs/{id}/files', { params: { path: { id }, query: { limit: FIRST_FILES } }, signal })),
    enabled: () => isEnded.value,
  });
  watch(
    isEnded,
    async (ended) => {
      if (!ended) return;
      const part = await import('../../../parts/markdown.vue').catch(() => undefined);
      markdown.value = part?.default;
      hasNoMarkdown.value = part === undefined;
    },
    { immediate: true },
  );
  const isRead = computed(() => files.data.value !== undefined || files.error.value !== null);
  return {
    files: files.data,
    /** Undefined also when it could not be loaded; the text is then shown as it is. */
    markdown,
    isReady: computed(() => isEnded.value && isRead.value && (markdown.value !== undefined || hasNoMarkdown.value)),
  };
}

export type Outcome = ReturnType<typeof useOutcome>;
