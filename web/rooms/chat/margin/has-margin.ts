import { readonly, ref } from 'vue';

/** Whether the page is wide enough for notes beside the talk; the same width as in the styles of the rows. */
const query = matchMedia('(min-width: 1180px)');
const matches = ref(query.matches);
query.addEventListener('change', (event) => {
  matches.value = event.matches;
});
export const hasMargin = readonly(matches);
