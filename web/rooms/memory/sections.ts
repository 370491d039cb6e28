import type { Component, Ref } from 'vue';

/**
 * The pages of the memory room that its navigation lists, in this order. A page is listed when it exists: one entry
 * here is all that a new page needs. Pages inside of a section, such as one entity, have their routes in room.ts.
 */
interface Section {
  label: string;
  path: string;
  page: () => Promise<{ default: Component }>;
  /** A number behind the label, such as sessions that wait for a decision. Called once, by the frame of the room. */
  useCount?: () => Ref<number | undefined>;
  /** Whether the page shows memory as of the moment of the time bar. Others leave the moment when they are opened. */
  isDated?: boolean;
}

export const sections: Section[] = [
  { label: 'Entities', path: '/memory', page: () => import('./overview.vue'), isDated: true },
  { label: 'Facts', path: '/memory/facts', page: () => import('./facts/facts-page.vue'), isDated: true },
];
