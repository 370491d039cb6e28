import { Play, Plus } from '@lucide/vue';
import type { Room } from '../../app/room.ts';

export default {
  id: 'runs',
  label: 'Runs',
  icon: Play,
  order: 2,
  isInBottomBar: true,
  key: 'r',
  path: '/runs',
  routes: [
    {
      path: '/runs',
      component: () => import('./list/list-page.vue'),
      // With a filter the page writes another address.
      meta: {
        reads: ({ query }) => (Object.keys(query).length === 0 ? ['/api/v1/runs?limit=50', '/api/v1/runs/counts'] : []),
      },
    },
    { path: '/runs/new', component: () => import('./start/start-page.vue'), meta: { title: 'Start a run' } },
    { path: '/runs/compare', component: () => import('./compare/compare-page.vue'), meta: { title: 'Compare runs' } },
    {
      path: '/runs/:id',
      component: () => import('./run/run-page.vue'),
      meta: {
        title: 'Run',
        reads: ({ params }) => {
          const run = `/api/v1/runs/${encodeURIComponent(String(params.id))}`;
          return [run, `${run}/logs?order=newest&limit=50`];
        },
      },
    },
  ],
  commands: [
    { label: 'Start a run', hint: 'Give a team, a planner or one worker a task', icon: Plus, to: '/runs/new' },
  ],
  search: async (words, signal) => (await import('./find-runs.ts')).findRuns(words, signal),
} satisfies Room;
