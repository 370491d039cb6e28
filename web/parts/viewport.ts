import { type Ref, readonly, ref } from 'vue';

/** The widths at which the page changes its form; the same as those of the `md:` utilities and of the split. */
export const isWide = widthOf('(min-width: 1024px)');
export const isTablet = widthOf('(min-width: 768px)');

function widthOf(width: string): Readonly<Ref<boolean>> {
  const query = matchMedia(width);
  const matches = ref(query.matches);
  query.addEventListener('change', (event) => {
    matches.value = event.matches;
  });
  return readonly(matches);
}
