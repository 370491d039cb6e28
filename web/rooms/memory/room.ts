import { Brain, Eraser } from '@lucide/vue';
import type { Room } from '../../app/room.ts';
import { details, sections } from './sections.ts';

export default {
  id: 'memory',
  label: 'Memory',
  icon: Brain,
  order: 4,
  isInBottomBar: true,
  key: 'm',
  path: '/memory',
  routes: [
    {
      path: '/memory/revert/:source(.+)',
      component: () => import('./withdraw/revert-page.vue'),
      meta: { title: 'Take a source back' },
    },
    { path: '/memory/erase', component: () => import('./withdraw/erase-page.vue'), meta: { title: 'Erase memory' } },
    {
      path: '/memory',
      component: () => import('./frame.vue'),
      children: [
        ...sections.map(({ path, page, reads }) => ({ path, component: page, meta: { reads } })),
        ...details.map(({ path, page }) => ({ path, component: page })),
        // The path of an entity file ends with .md and may have folders; no section does.
        { path: '/memory/:entity(.+\\.md)', component: () => import('./entity/entity-page.vue') },
      ],
    },
  ],
  commands: [
    {
      label: 'Erase memory',
      hint: 'Yours, of a user of your application, or of one source',
      icon: Eraser,
      to: '/memory/erase',
    },
  ],
  search: async (words, signal) => (await import('./find-memory.ts')).findMemory(words, signal),
} satisfies Room;
