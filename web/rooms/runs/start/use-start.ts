import { useQueryCache } from '@pinia/colada';
import { computed, onBeforeUnmount, reactive, ref, shallowRef, watch } from 'vue';
import { useRouter } from 'vue-router';
import { api } from '../../../api/client.ts';
import { once } from '../../../api/once.ts';
import { ApiError, dataOf } from '../../../api/problem.ts';
import { session } from '../../../api/session.ts';
import { dropDraft, keepDraft, readDraft } from './draft.ts';
import { emptyForm, type Faults, faultsIn, faultsOf, runBodyOf, type StartForm, sprintBodyOf } from './form.ts';

const KEEP_MS = 300;

/**
 * Holds the form of a new run: the draft, the faults at the fields, and the start, which happens once for the same
 * content however often it is sent.
 */
export function useStart(allowedHosts: () => readonly string[] | undefined) {
  const router = useRouter();
  const cache = useQueryCache();
  const user = session.value.kind === 'signed-in' ? session.value.user.id : '';
  const given: unknown = history.state?.task;
  const draft = readDraft(user);
  const form = reactive<StartForm>(draft ?? emptyForm());
  if (typeof given === 'string' && given !== '') form.task = given;
  const hasDraft = ref(draft !== undefined && form.task === draft.task);
  const sending = useSending();
  let isStarted = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  watch(form, () => {
    sending.forget();
    clearTimeout(timer);
    timer = setTimeout(keep, KEEP_MS);
  });
  function keep() {
    clearTimeout(timer);
    if (!isStarted) keepDraft(user, form);
  }
  addEventListener('pagehide', keep);
  onBeforeUnmount(() => {
    removeEventListener('pagehide', keep);
    keep();
  });

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
    isStarted = true;
    clearTimeout(timer);
    dropDraft(user);
    void cache.invalidateQueries({ key: ['runs'] }, false);
    await router.push(`/runs/${run.id}`);
  }

  return {
    form,
    hasDraft,
    ...sending,
    start,
    discard: () => {
      Object.assign(form, emptyForm());
      hasDraft.value = false;
    },
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
