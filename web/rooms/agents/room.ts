import { Bot, Plus, Scale } from '@lucide/vue';
import type { Room } from '../../app/room.ts';

const api = (path: string, id: unknown, end = '') => [`/api/v1/agents${path}/${encodeURIComponent(String(id))}${end}`];

export default {
  id: 'agents',
  label: 'Agents',
  icon: Bot,
  order: 5.5,
  key: 'a',
  path: '/agents',
  routes: [
    { path: '/agents', component: () => import('./agents-page.vue') },
    { path: '/agents/new', component: () => import('./trees/spawn-page.vue'), meta: { title: 'Spawn an agent' } },
    { path: '/agents/types', component: () => import('./types/types-page.vue'), meta: { title: 'Types of agents' } },
    {
      path: '/agents/council/new',
      component: () => import('./council/ask-page.vue'),
      meta: { title: 'Ask a council' },
    },
    // As the API has it.
    { path: '/agents/council/:id', redirect: ({ params }) => `/council/${encodeURIComponent(String(params.id))}` },
    {
      path: '/agents/:id',
      component: () => import('./trees/tree-page.vue'),
      meta: { title: 'Agent', reads: ({ params }) => api('', params.id, '/status') },
    },
    {
      path: '/council/:id',
      component: () => import('./council/council-page.vue'),
      meta: { title: 'Council', reads: ({ params }) => api('/council', params.id) },
    },
  ],
  commands: [
    { label: 'Spawn an agent', hint: 'It may spawn others for the parts of its task', icon: Plus, to: '/agents/new' },
    { label: 'Ask a council', hint: 'Several agents argue in rounds', icon: Scale, to: '/agents/council/new' },
  ],
  search: async (words, signal) => (await import('./find-agents.ts')).findAgents(words, signal),
} satisfies Room;
