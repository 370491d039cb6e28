import { ChartColumn } from '@lucide/vue';
import type { Room } from '../../app/room.ts';

export default {
  id: 'usage',
  label: 'Usage',
  icon: ChartColumn,
  order: 7,
  key: 'u',
  path: '/usage',
  routes: [{ path: '/usage', component: () => import('./usage.vue') }],
} satisfies Room;
