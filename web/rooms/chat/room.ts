import { MessageCircle, Plus } from '@lucide/vue';
import type { Room } from '../../app/room.ts';

export default {
  id: 'chat',
  label: 'Chat',
  icon: MessageCircle,
  order: 3,
  isInBottomBar: true,
  key: 'c',
  path: '/chat',
  routes: [
    {
      // One page for both: a new chat gets its address while its first answer is written.
      path: '/chat/:id?',
      component: () => import('./chat-page.vue'),
      meta: {
        reads: ({ params, query }) => {
          const list = Object.keys(query).length === 0 ? ['/api/v1/chat/conversations?limit=40'] : [];
          if (typeof params.id !== 'string' || params.id === '') return list;
          const conversation = `/api/v1/chat/conversations/${encodeURIComponent(params.id)}`;
          return [conversation, `${conversation}/messages?limit=30`, ...list];
        },
      },
    },
  ],
  commands: [{ label: 'New chat', hint: 'Ask the assistant', icon: Plus, to: '/chat' }],
  search: async (words, signal) => (await import('./list/find-conversations.ts')).findConversations(words, signal),
} satisfies Room;
