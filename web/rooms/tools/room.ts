import { Wrench } from '@lucide/vue';
import type { Room } from '../../app/room.ts';

export default {
  id: 'tools',
  label: 'Tools',
  icon: Wrench,
  order: 8,
  key: 't',
  path: '/tools',
  routes: [
    { path: '/tools', component: () => import('./tools.vue'), meta: { reads: () => ['/api/v1/tools?limit=200'] } },
    {
      path: '/tools/:name',
      component: () => import('./tool-page.vue'),
      meta: {
        title: 'Tool',
        reads: ({ params }) => [`/api/v1/tools/${encodeURIComponent(String(params.name))}/schema`],
      },
    },
  ],
} satisfies Room;
