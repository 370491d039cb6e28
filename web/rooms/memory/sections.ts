import type { Component } from 'vue';
import type { RouteLocation } from 'vue-router';

/**
 * The pages of the memory room that its navigation lists, in this order. A page is listed when it exists: one entry
 * here is all that a new page needs. Pages inside of a section, such as one entity, have their routes in room.ts.
 */
interface Section {
  label: string;
  path: string;
  page: () => Promise<{ default: Component }>;
  /** Whether the page shows memory as of the moment of the time bar. Others leave the moment when they are opened. */
  isDated?: boolean;
  /** As in the meta of a route: what is read while the page's code is on its way. */
  reads?: (to: RouteLocation) => string[];
}

export const sections: Section[] = [
  {
    label: 'Entities',
    path: '/memory',
    page: () => import('./overview.vue'),
    isDated: true,
    reads: ({ query }) =>
      Object.keys(query).length === 0 ? ['/api/v1/memory/entities?limit=200', '/api/v1/memory?limit=50'] : [],
  },
  { label: 'Facts', path: '/memory/facts', page: () => import('./facts/facts-page.vue'), isDated: true },
  { label: 'Sources', path: '/memory/sources', page: () => import('./sources/sources-page.vue') },
  { label: 'To review', path: '/memory/staged', page: () => import('./staged/staged-page.vue') },
  { label: 'Preferences', path: '/memory/preferences', page: () => import('./preferences/preferences-page.vue') },
  { label: 'Proposals', path: '/memory/proposals', page: () => import('./proposals/proposals-page.vue') },
  {
    label: 'Follow-ups',
    path: '/memory/follow-ups',
    page: () => import('./follow-ups/follow-ups-page.vue'),
    isDated: true,
  },
  { label: 'Health', path: '/memory/health', page: () => import('./health/health-page.vue') },
  { label: 'Repository', path: '/memory/repository', page: () => import('./repository/repository-page.vue') },
  { label: 'Keys', path: '/memory/keys', page: () => import('./keys/keys-page.vue') },
  { label: 'Export', path: '/memory/export', page: () => import('./export/export-page.vue') },
];

/** Pages inside of a section: they are shown as a part of it. */
export const details: Pick<Section, 'path' | 'page'>[] = [
  { path: '/memory/sources/:id(.+)', page: () => import('./sources/source-page.vue') },
  { path: '/memory/staged/:id', page: () => import('./staged/session-page.vue') },
  { path: '/memory/repository/consolidations/:id', page: () => import('./repository/consolidation-page.vue') },
];
