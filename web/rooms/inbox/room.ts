import { Inbox } from '@lucide/vue';
import type { Room } from '../../app/room.ts';
import { useQuestionCount } from './question-count.ts';

export default {
  id: 'inbox',
  label: 'Inbox',
  icon: Inbox,
  order: 6,
  key: 'i',
  path: '/inbox',
  routes: [{ path: '/inbox', component: () => import('./inbox.vue') }],
  useBadge: useQuestionCount,
} satisfies Room;
