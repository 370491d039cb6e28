import { onBeforeUnmount, type Ref, shallowRef, watch } from 'vue';
import type { Point } from './shapes.ts';

const MOVE_MS = 200;

/** Moves marks to new places within 200 ms; at once when motion is reduced. What is new appears at its place. */
export function useMoved(target: Ref<ReadonlyMap<string, Point>>): Ref<ReadonlyMap<string, Point>> {
  const shown = shallowRef(target.value);
  let frame = 0;
  watch(target, (to) => {
    cancelAnimationFrame(frame);
    const from = shown.value;
    if (from.size === 0 || matchMedia('(prefers-reduced-motion: reduce)').matches) {
      shown.value = to;
      return;
    }
    const start = performance.now();
    const draw = () => {
      const share = Math.min(1, (performance.now() - start) / MOVE_MS);
      const eased = 1 - (1 - share) ** 3;
      shown.value = new Map([...to].map(([id, place]) => [id, between(from.get(id) ?? place, place, eased)]));
      if (share < 1) frame = requestAnimationFrame(draw);
    };
    frame = requestAnimationFrame(draw);
  });
  onBeforeUnmount(() => cancelAnimationFrame(frame));
  return shown;
}

function between(from: Point, to: Point, share: number): Point {
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}
