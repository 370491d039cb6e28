import './no-html.ts';
import '../style/main.css';
import { PiniaColada } from '@pinia/colada';
import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { startSession } from '../api/session.ts';
import { visible } from '../text/visible.ts';
import App from './app.vue';
import { applyPreferences } from './preferences.ts';
import { createConsoleRouter, loadPage } from './routes.ts';

applyPreferences();
const router = createConsoleRouter();
// The page's code and the session arrive side by side.
loadPage(router);
void startSession();
const app = createApp(App);
app.config.globalProperties.$visible = (value: unknown) => (typeof value === 'string' ? visible(value) : value);
app
  .use(createPinia())
  .use(PiniaColada, { queryOptions: { staleTime: 5_000, gcTime: 300_000 } })
  .use(router)
  .mount('#app');
