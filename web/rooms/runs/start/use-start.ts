import { useQueryCache } from '@pinia/colada';
import { computed, ref, shallowRef, watch } from 'vue';
import { useRouter } from 'vue-router';
import { api } from '../../../api/client.ts';
import { once } from '../../../api/once.ts';
import { ApiError, dataOf } from '../../../api/problem.ts';
import { useDraft } from '../../../parts/draft.ts';
import { RUN_DRAFT } from './draft.ts';
import { emptyForm, type Faults, faultsIn, faultsOf, runBodyOf, sprintBodyOf } from './form.ts';

/**
 * Holds the form of a new run: the draft, the faults at the fields, and the start, which happens once for the same
 * content however often it is sent.
 */
export function useStart(allowedHosts: () => readonly string[] | undefined) {
  const router = useRouter();
  const cache = useQueryCache();
  const given: unknown = history.state?.task;
  const { user, form, hasDraft, drop, discard } = useDraft(RUN_DRAFT, (draft) =>
    typeof given === 'string' && given !== '' && given !== draft?.task
      ? { ...(draft ?? emptyForm()), task: given }
      : (draft ?? emptyForm()),
  );
  const sending = useSending();
  watch(form, () => sending.forget());

  async function start() {
    const faults = faultsOf(form, allowedHosts());
    const body = form.mode === 'team' ? sprintBodyOf(form) : runBodyOf(form);
    const run = await sending.send(faults, () =>
      once<{ id: string }>(JSON.stringify([user, body]), (key) => {
        const params = { header: { 'Idempotency-Key': key } };
        return 'task' in body
          ? dataOf(api.POST('/api/v1/sprints', { params, body }))
          : dataOf(api.POST('/api/v1/runs', { params, body }));
      }),
    );
    if (run === undefined) return;
    drop();
    void cache.invalidateQueries({ key: ['runs'] }, false);
    await router.push(`/runs/${run.id}`);
  }

  return {
    form,
    hasDraft,
    ...sending,
    start,
    discard,
  };
}

/** Sends a form: checks it first, is busy meanwhile, and shows a refusal at its fields or above them. */
export function useSending() {
  const isBusy = ref(false);
  const error = shallowRef<unknown>();
  const faults = shallowRef<Faults>({});

  /** Returns undefined when the form is not sent or refused. */
  async function send<T>(found: Faults, call: () => Promise<T>): Promise<T | undefined> {
    error.value = undefined;
    faults.value = found;
    if (Object.keys(found).length > 0) return undefined;
    isBusy.value = true;
    try {
      return await call();
    } catch (problem) {
      const known = problem instanceof ApiError ? faultsIn(problem.problem) : undefined;
      if (known === undefined) error.value = problem;
      else faults.value = known;
      return undefined;
    } finally {
      isBusy.value = false;
    }
  }

  return {
    isBusy,
    error,
    faults,
    send,
    hasFaults: computed(() => Object.keys(faults.value).length > 0),
    forget: () => {
      if (Object.keys(faults.value).length > 0) faults.value = {};
    },
  };
}
