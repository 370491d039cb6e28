import { House } from '@lucide/vue';
import type { Room } from '../../app/room.ts';

export default {
  id: 'home',
  label: 'Home',
  icon: House,
  order: 1,
  isInBottomBar: true,
  key: 'h',
  path: '/',
  routes: [{ path: '/', component: () => import('./home.vue') }],
} satisfies Room;
