import { Plus, UsersRound } from '@lucide/vue';
import type { Room } from '../../app/room.ts';

export default {
  id: 'village',
  label: 'Village',
  icon: UsersRound,
  order: 5,
  isInBottomBar: true,
  key: 'v',
  path: '/village',
  routes: [
    {
      path: '/village',
      component: () => import('./village-page.vue'),
      meta: {
        reads: ({ query }) =>
          query.as_of === undefined && query.floor === undefined
            ? ['/api/v1/village/convergence', '/api/v1/village/knowledge?limit=100']
            : [],
      },
    },
  ],
  commands: [{ label: 'Post in the village', hint: 'Say something to all agents', icon: Plus, to: '/village?post=1' }],
  search: async (words, signal) => (await import('./find-statements.ts')).findStatements(words, signal),
} satisfies Room;
