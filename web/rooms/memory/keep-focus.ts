import { type Ref, watch } from 'vue';

/**
 * Gives the focus to a heading, or else to the content, when a list became shorter and the item that had the focus is
 * gone: a decided item goes with its buttons.
 */
export function keepFocus(count: () => number, heading: Readonly<Ref<HTMLElement | undefined>>): void {
  watch(
    count,
    (now, before) => {
      const isLost = document.activeElement === null || document.activeElement === document.body;
      if (now < before && isLost) (heading.value ?? document.getElementById('content'))?.focus();
    },
    { flush: 'post' },
  );
}
