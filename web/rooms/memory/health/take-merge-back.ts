import { useQueryCache } from '@pinia/colada';
import { ref, shallowRef } from 'vue';
import { api } from '../../../api/client.ts';
import { dataOf } from '../../../api/problem.ts';
import { notify } from '../../../parts/announce.ts';
import { text } from '../../../text/memory-health.ts';
import { useMemoryAddress } from '../address.ts';
import { renewMemory } from '../renew.ts';

/** Takes back that a fact was merged into another one, and reads memory again; then calls `done`. */
export function takeMergeBack(done: () => void = () => undefined) {
  const address = useMemoryAddress();
  const cache = useQueryCache();
  const isBusy = ref(false);
  const error = shallowRef<unknown>();
  async function takeBack(merged: string) {
    isBusy.value = true;
    error.value = undefined;
    try {
      const params = { path: { merged }, query: address.owner.value };
      await dataOf(api.DELETE('/api/v1/memory/health/merges/{merged}', { params }));
      notify(text.undo.done);
      done();
      await renewMemory(cache);
    } catch (problem) {
      error.value = problem;
    } finally {
      isBusy.value = false;
    }
  }
  return { takeBack, error, isBusy };
}
