import { LogIn } from '@lucide/vue';
import type { Room } from '../../app/room.ts';

export default {
  id: 'sign-in',
  label: 'Sign in',
  icon: LogIn,
  path: '/sign-in',
  routes: [
    { path: '/sign-in', component: () => import('./sign-in.vue'), meta: { isPublic: true } },
    {
      path: '/register',
      component: () => import('./sign-in.vue'),
      meta: { isPublic: true, title: 'Create an account' },
    },
  ],
} satisfies Room;
