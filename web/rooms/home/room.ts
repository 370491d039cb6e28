import { House } from '@lucide/vue';
import type { Room } from '../../app/room.ts';

export default {
  id: 'home',
  label: 'Home',
  icon: House,
  order: 1,
  key: 'h',
  path: '/',
  routes: [
    {
      path: '/',
      component: () => import('./home.vue'),
      meta: {
        reads: () => [
          '/api/v1/runs?status=completed%2Cfailed%2Ccost_exceeded%2Ccancelled&limit=5',
          '/api/v1/runs?status=running%2Cqueued&limit=5',
          '/api/v1/questions?limit=5',
          '/api/v1/agents?limit=10',
          '/api/v1/agents/council?limit=10',
        ],
      },
    },
  ],
} satisfies Room;
