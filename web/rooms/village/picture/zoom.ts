import { computed, nextTick, type Ref, ref } from 'vue';
import type { Point } from './shapes.ts';

const CLOSEST = 4;
const STEP = 1.4;

/**
 * Zooms a frame that scrolls: by buttons and keys, by a pinch of two fingers, and by the wheel with Ctrl (the pinch of
 * a touchpad). Two fingers also pan; one finger scrolls as everywhere. At 1 the picture is as wide as its frame. It can
 * be as small as the whole of it fits, so it is always in sight.
 */
export function useZoom(frame: Ref<HTMLElement | undefined>, height: () => number) {
  const zoom = ref(1);
  /** The zoom at which the whole picture is seen. */
  const least = computed(() => {
    const most = Number.parseFloat(frame.value === undefined ? '' : getComputedStyle(frame.value).maxHeight);
    return Math.min(1, most / Math.max(1, height())) || 1;
  });
  let pinch: { distance: number; zoom: number; centre: Point } | undefined;

  /** Zooms around a point of the window, which stays where it is; without one around the middle. */
  async function zoomTo(wanted: number, at?: Point): Promise<void> {
    const element = frame.value;
    if (element === undefined) return;
    const box = element.getBoundingClientRect();
    const [x, y] = at === undefined ? [box.width / 2, box.height / 2] : [at.x - box.left, at.y - box.top];
    const next = Math.min(CLOSEST, Math.max(least.value, wanted));
    const ratio = next / zoom.value;
    const [left, top] = [(element.scrollLeft + x) * ratio - x, (element.scrollTop + y) * ratio - y];
    zoom.value = next;
    await nextTick();
    element.scrollTo(left, top);
  }

  function onWheel(event: WheelEvent): void {
    if (!event.ctrlKey) return;
    event.preventDefault();
    void zoomTo(zoom.value * Math.exp(-event.deltaY / 200), { x: event.clientX, y: event.clientY });
  }

  function onTouch(event: TouchEvent): void {
    const [one, other] = event.touches;
    if (one === undefined || other === undefined || event.touches.length > 2) {
      pinch = undefined;
      return;
    }
    if (event.cancelable) event.preventDefault();
    const distance = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    const centre = { x: (one.clientX + other.clientX) / 2, y: (one.clientY + other.clientY) / 2 };
    if (pinch === undefined || event.type === 'touchstart') {
      pinch = { distance, zoom: zoom.value, centre };
      return;
    }
    frame.value?.scrollBy(pinch.centre.x - centre.x, pinch.centre.y - centre.y);
    pinch.centre = centre;
    void zoomTo((pinch.zoom * distance) / Math.max(1, pinch.distance), centre);
  }

  return {
    zoom,
    least,
    closer: () => zoomTo(zoom.value * STEP),
    farther: () => zoomTo(zoom.value / STEP),
    fit: () => zoomTo(least.value),
    onWheel,
    onTouch,
  };
}
