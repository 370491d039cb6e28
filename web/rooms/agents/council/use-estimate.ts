import { onBeforeUnmount, ref, shallowRef, watch } from 'vue';
import { type Answer, api } from '../../../api/client.ts';
import { dataOf } from '../../../api/problem.ts';
import type { CouncilBody } from './draft.ts';

const AFTER_MS = 400;

/** Asks what a council would cost, soon after the form has changed. A body that is undefined costs nothing yet. */
export function useEstimate(body: () => CouncilBody | undefined) {
  const estimate = shallowRef<Answer<'/api/v1/agents/council/estimate', 'post'>>();
  const error = shallowRef<unknown>();
  const isPending = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: AbortController | undefined;

  async function ask(wanted: CouncilBody): Promise<void> {
    asking = new AbortController();
    const { signal } = asking;
    try {
      estimate.value = await dataOf(api.POST('/api/v1/agents/council/estimate', { body: wanted, signal }));
    } catch (problem) {
      if (signal.aborted) return;
      error.value = problem;
      estimate.value = undefined;
    } finally {
      if (!signal.aborted) isPending.value = false;
    }
  }

  function forget(): void {
    clearTimeout(timer);
    asking?.abort();
  }

  watch(
    () => JSON.stringify(body()),
    () => {
      forget();
      const wanted = body();
      error.value = undefined;
      isPending.value = wanted !== undefined;
      if (wanted === undefined) estimate.value = undefined;
      else timer = setTimeout(() => void ask(wanted), AFTER_MS);
    },
    { immediate: true },
  );
  onBeforeUnmount(forget);
  return { estimate, error, isPending };
}
