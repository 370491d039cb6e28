import { computed, nextTick, ref, shallowRef } from 'vue';
import { ApiError } from '../api/problem.ts';
import { formatCount } from '../text/format.ts';
import { partsText } from '../text/parts.ts';
import { announce } from './announce.ts';

/**
 * The state of a form that saves for itself. `save` sends it; what the server says about one of `fields` is shown at
 * that field (`errorAt`, in plain words), everything else above the form (`otherError`). A field is a path of the body,
 * such as `budget_usd_per_day`; its path is also that of what is inside of it. `said` is announced when it is sent.
 */
export function useForm(
  fields: () => readonly string[],
  save: () => Promise<void>,
  said: string = partsText.form.saved,
) {
  const error = shallowRef<unknown>();
  const isBusy = ref(false);
  const isSaved = ref(false);

  const faults = computed(() => (error.value instanceof ApiError ? (error.value.problem?.errors ?? []) : []));
  const isAt = (path: string, field: string) => path === `body.${field}` || path.startsWith(`body.${field}.`);
  const errorAt = (field: string) => {
    const fault = faults.value.find(({ path }) => isAt(path, field));
    return fault && inWords(fault.message);
  };
  /** The place in a list that the server refuses, from 0. */
  const placeAt = (field: string) => {
    const path = faults.value.find((fault) => isAt(fault.path, field))?.path ?? '';
    const [, place] = /\.(\d+)$/.exec(path) ?? [];
    return place === undefined ? undefined : Number(place);
  };
  const otherError = computed(() => {
    const isShown = faults.value.every(({ path }) => fields().some((field) => isAt(path, field)));
    return faults.value.length > 0 && isShown ? undefined : error.value;
  });

  async function submit() {
    isBusy.value = true;
    isSaved.value = false;
    error.value = undefined;
    try {
      await save();
      isSaved.value = true;
      announce(said);
    } catch (problem) {
      error.value = problem;
      await nextTick();
      document.querySelector<HTMLElement>('#content [aria-invalid="true"]')?.focus();
    } finally {
      isBusy.value = false;
    }
  }

  return { isBusy, isSaved, errorAt, placeAt, otherError, submit };
}

/** The bounds of a number as the server's schema names them, in plain words. */
function inWords(message: string): string {
  const [, size, bound] = /^Too (small|big): expected number to be [<>]=?(-?[\d.]+)$/.exec(message) ?? [];
  if (bound === undefined) return message;
  return size === 'small'
    ? partsText.form.atLeast(formatCount(Number(bound)))
    : partsText.form.atMost(formatCount(Number(bound)));
}
