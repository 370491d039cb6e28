import './no-html.ts';
import '../style/main.css';
import { PiniaColada } from '@pinia/colada';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { startSession } from '../api/session.ts';
import { visible } from '../text/visible.ts';
import App from './app.vue';
import { applyPreferences } from './preferences.ts';
import { handleLoadFailure } from './release.ts';
import { createConsoleRouter, readPageOnce } from './routes.ts';

applyPreferences();
const router = createConsoleRouter();
readPageOnce(router);
// The session is asked for before the page's code, because of two requests the first has the earlier answer.
void startSession(mount);

function mount(): void {
  const app = createApp(App);
  app.config.globalProperties.$visible = (value: unknown) => (typeof value === 'string' ? visible(value) : value);
  app.config.errorHandler = (error) => {
    if (!handleLoadFailure(error, router.currentRoute.value.fullPath)) throw error;
  };
  app
    .use(createPinia())
    .use(PiniaColada, { queryOptions: { staleTime: 5_000, gcTime: 300_000 } })
    .use(router)
    .mount('#app');
}
