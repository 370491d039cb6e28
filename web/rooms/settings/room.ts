import { Settings } from '@lucide/vue';
import type { Room } from '../../app/room.ts';

/** A page a section; `settings.vue` has the list of them. */
export default {
  id: 'settings',
  label: 'Settings',
  icon: Settings,
  order: 9,
  key: 's',
  path: '/settings',
  routes: [
    {
      path: '/settings',
      component: () => import('./settings.vue'),
      children: [
        { path: '', component: () => import('./section-list.vue') },
        { path: 'profile', component: () => import('./profile.vue'), meta: { title: 'Profile' } },
        { path: 'appearance', component: () => import('./appearance.vue'), meta: { title: 'Appearance' } },
        { path: 'keys', component: () => import('./api-keys.vue'), meta: { title: 'API keys' } },
        { path: 'import', component: () => import('./import.vue'), meta: { title: 'Import' } },
        { path: 'team', component: () => import('./team.vue'), meta: { title: 'Team' } },
        { path: 'models', component: () => import('./models.vue'), meta: { title: 'Models' } },
        { path: 'secrets', component: () => import('./secrets.vue'), meta: { title: 'Secrets' } },
        { path: 'mcp-servers', component: () => import('./mcp-servers.vue'), meta: { title: 'MCP servers' } },
        { path: 'tools', redirect: '/tools' },
      ],
    },
  ],
} satisfies Room;
