import './no-html.ts';
import '../style/main.css';
import { PiniaColada } from '@pinia/colada';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { startSession } from '../api/session.ts';
import App from './app.vue';
import { applyPreferences } from './preferences.ts';
import { createConsoleRouter, loadPage } from './routes.ts';

applyPreferences();
const router = createConsoleRouter();
// The page's code and the session arrive side by side.
loadPage(router);
void startSession();
createApp(App)
  .use(createPinia())
  .use(PiniaColada, { queryOptions: { staleTime: 5_000, gcTime: 300_000 } })
  .use(router)
  .mount('#app');
