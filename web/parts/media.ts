import { onBeforeUnmount, type Ref, readonly, ref } from 'vue';

/** Returns whether a media query matches, now and at each change. */
export function useMedia(query: string): Readonly<Ref<boolean>> {
  const list = matchMedia(query);
  const matches = ref(list.matches);
  const update = () => {
    matches.value = list.matches;
  };
  list.addEventListener('change', update);
  onBeforeUnmount(() => list.removeEventListener('change', update));
  return readonly(matches);
}
