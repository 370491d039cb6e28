import { watch } from 'vue';
import {
  createRouter,
  createWebHistory,
  type RouteLocation,
  type RouteLocationNormalized,
  type Router,
} from 'vue-router';
import { readAhead } from '../api/read-ahead.ts';
import { session } from '../api/session.ts';
import { handleLoadFailure } from './release.ts';
import type { Room } from './room.ts';

/** The rooms by their place in the rail. The folders of `rooms/` are the registry. */
export const rooms: Room[] = Object.values(
  import.meta.glob<Room>('../rooms/*/room.ts', { eager: true, import: 'default' }),
).sort((one, other) => (one.order ?? 99) - (other.order ?? 99));

declare module 'vue-router' {
  interface RouteMeta {
    /** The title of the tab while the page has not set its own. */
    title?: string;
    /** Whether the page is for people who are not signed in. */
    isPublic?: boolean;
    /**
     * The addresses of the API that the page asks for first. When the console is opened at this page, they are read
     * while its code is on its way. They must be written as the page asks for them.
     */
    reads?: (to: RouteLocation) => string[];
  }
}

const routes = [
  ...rooms.flatMap((room) => room.routes.map((route) => ({ ...route, meta: { title: room.label, ...route.meta } }))),
  { path: '/:path(.*)*', component: () => import('./not-found.vue'), meta: { title: 'Not found' } },
];

/** Creates the router. A page that a release replaced is loaded anew. */
export function createConsoleRouter(): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes,
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
  });
  router.afterEach((to, from) => {
    if (to.path !== from.path && to.meta.title) document.title = `${to.meta.title} · ApexFlow`;
  });
  router.onError((error, to) => {
    if (!handleLoadFailure(error, to.fullPath)) throw error;
  });
  return router;
}

/** Reads what the page of the address asks for first, as soon as somebody is signed in and before the page asks. */
export function readPageOnce(router: Router): void {
  const stop = watch(
    session,
    ({ kind }) => {
      if (kind !== 'signed-in') return;
      stop();
      const to = router.resolve(location.pathname + location.search);
      readAhead(to.meta.reads?.(to) ?? []);
    },
    { flush: 'sync' },
  );
}

/** Starts to load the code of a page. */
function loadPage(router: Router, path: string): void {
  for (const { components } of router.resolve(path).matched) {
    const page = components?.default;
    if (typeof page === 'function') void (page as () => Promise<unknown>)().catch(() => undefined);
  }
}

/** What the page asks for itself has the network for itself so long. */
const PREFETCH_AFTER_MS = 3_000;

/** Loads the code of the rooms in the rail, and `others`, while the page is idle, unless the user saves data. */
export function prefetchRooms(router: Router, others: (() => Promise<unknown>)[]): void {
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  if (connection?.saveData || !('requestIdleCallback' in window)) return;
  setTimeout(() => {
    for (const { order, path } of rooms) {
      if (order !== undefined) requestIdleCallback(() => loadPage(router, path));
    }
    for (const load of others) requestIdleCallback(() => void load().catch(() => undefined));
  }, PREFETCH_AFTER_MS);
}

/** Returns the path to open after signing in: only a path of this console, never another address. */
export function pathAfterSignIn(wish: unknown): string {
  return typeof wish === 'string' && /^\/(?![/\\])/.test(wish) && !wish.startsWith('/sign-in') ? wish : '/';
}

/** Whether the page may be shown to whoever is in front of the browser. */
export function isOpen(to: RouteLocationNormalized): boolean {
  return to.meta.isPublic === true || session.value.kind === 'signed-in';
}
