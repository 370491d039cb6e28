import { readonly, ref } from 'vue';

/** Whether the page is wide enough for two columns. The breakpoint is that of the `md:` utilities. */
const query = matchMedia('(min-width: 768px)');
const wide = ref(query.matches);
query.addEventListener('change', ({ matches }) => {
  wide.value = matches;
});
export const isWide = readonly(wide);
