import { createRouter, createWebHistory, type RouteLocationNormalized, type Router } from 'vue-router';
import { session } from '../api/session.ts';
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
  }
}

const routes = [
  ...rooms.flatMap((room) => room.routes.map((route) => ({ ...route, meta: { title: room.label, ...route.meta } }))),
  { path: '/:path(.*)*', component: () => import('./not-found.vue'), meta: { title: 'Not found' } },
];

/** Creates the router. A page that could not be loaded, because a release replaced it, is loaded once more. */
export function createConsoleRouter(): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes,
    scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
  });
  router.afterEach((to, from) => {
    if (to.path !== from.path && to.meta.title) document.title = `${to.meta.title} · ApexFlow`;
  });
  router.onError((error, to) => reloadOnce(error, to));
  return router;
}

/** Starts to load the code of a page: the one that the address names, before the session is known. */
export function loadPage(router: Router, path = location.pathname): void {
  for (const { components } of router.resolve(path).matched) {
    const page = components?.default;
    if (typeof page === 'function') void (page as () => Promise<unknown>)().catch(() => undefined);
  }
}

/** Loads the code of the rooms in the rail while the page is idle, unless the user saves data. */
export function prefetchRooms(router: Router): void {
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  if (connection?.saveData || !('requestIdleCallback' in window)) return;
  for (const { order, path } of rooms) {
    if (order !== undefined) requestIdleCallback(() => loadPage(router, path));
  }
}

/** Returns the path to open after signing in: only a path of this console, never another address. */
export function pathAfterSignIn(wish: unknown): string {
  return typeof wish === 'string' && /^\/(?![/\\])/.test(wish) && !wish.startsWith('/sign-in') ? wish : '/';
}

/** Whether the page may be shown to whoever is in front of the browser. */
export function isOpen(to: RouteLocationNormalized): boolean {
  return to.meta.isPublic === true || session.value.kind === 'signed-in';
}

function reloadOnce(error: unknown, to: RouteLocationNormalized): void {
  const mark = `apexflow.reloaded:${to.fullPath}`;
  if (!/dynamically imported module|Failed to fetch|error loading/i.test(String(error))) throw error;
  if (sessionStorage.getItem(mark) !== null) return;
  sessionStorage.setItem(mark, '1');
  location.assign(to.fullPath);
}
