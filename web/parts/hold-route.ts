import { onBeforeUnmount, onMounted } from 'vue';
import { useRouter } from 'vue-router';

/** Where the browser is in its history; the router counts it. */
const placeInHistory = () => Number(history.state?.position ?? 0);

/**
 * Holds every way off a page while `isHeld`: links, Back and Forward ask by `ask`, and a reload or the closing of the
 * tab asks by the browser. The address stays meanwhile. `goOn` goes the way that was held last and says whether there
 * is one; when it ends on the same page, `onPage` is called.
 */
export function useHoldRoute(isHeld: () => boolean, ask: () => void) {
  const router = useRouter();
  let way: (() => void) | undefined;
  let endOnPage: (() => void) | undefined;
  let place = placeInHistory();

  const stopNoting = router.afterEach((to, from, failure) => {
    if (failure !== undefined) return;
    place = placeInHistory();
    if (to.path === from.path) endOnPage?.();
    endOnPage = undefined;
  });
  const stopHolding = router.beforeEach((to) => {
    if (!isHeld()) return true;
    // The browser has gone back or forward already, and the router takes it to its place again.
    const steps = placeInHistory() - place;
    way = () => void (steps === 0 ? router.push(to.fullPath) : router.go(steps));
    ask();
    return false;
  });

  const warn = (event: BeforeUnloadEvent) => {
    if (isHeld()) event.preventDefault();
  };
  onMounted(() => window.addEventListener('beforeunload', warn));
  onBeforeUnmount(() => {
    stopNoting();
    stopHolding();
    window.removeEventListener('beforeunload', warn);
  });

  return {
    goOn: (onPage: () => void) => {
      const held = way;
      way = undefined;
      endOnPage = onPage;
      held?.();
      return held !== undefined;
    },
    /** The way that was held is not gone. */
    stay: () => {
      way = undefined;
    },
  };
}
