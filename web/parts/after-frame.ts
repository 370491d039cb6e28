import { onBeforeUnmount, onMounted, type Ref, ref } from 'vue';

/** A tab that is not seen draws no frames. */
const LONGEST_MS = 200;

/**
 * True from the frame after the component was drawn. What is heavy waits for it, so that a key or click that opens the
 * component is answered on the screen first.
 */
export function useAfterFrame(): Ref<boolean> {
  const isDrawn = ref(false);
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  function draw(): void {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    isDrawn.value = true;
  }
  onMounted(() => {
    timer = setTimeout(draw, LONGEST_MS);
    frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(draw);
    });
  });
  onBeforeUnmount(() => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  });
  return isDrawn;
}
