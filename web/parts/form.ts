import { computed, nextTick, ref, shallowRef } from 'vue';
import { ApiError } from '../api/problem.ts';
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

  const faults = computed(() => faultsOf(error.value));
  const errorAt = (field: string) => faultAt(error.value, field);
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

/** Returns what a server has refused of a field, in plain words; undefined when the error says nothing about it. */
export function faultAt(error: unknown, field: string): string | undefined {
  const fault = faultsOf(error).find(({ path }) => isAt(path, field));
  return fault && inWords(fault.message);
}

function faultsOf(error: unknown): { path: string; message: string }[] {
  return error instanceof ApiError ? (error.problem?.errors ?? []) : [];
}

function isAt(path: string, field: string): boolean {
  return path === `body.${field}` || path.startsWith(`body.${field}.`);
}

/** Says in a sentence what a server says of a field; the kinds of a schema are no words of a person. */
function inWords(message: string): string {
  const words = partsText.form;
  const kind = /^Invalid input: expected (\w+)/.exec(message)?.[1];
  if (kind !== undefined) return kind === 'int' ? words.whole : kind === 'number' ? words.number : words.fill;
  if (message === 'is missing' || message === 'must have at least 1 character') return words.fill;
  return message.startsWith('must ') ? `M${message.slice(1)}.` : message;
}
