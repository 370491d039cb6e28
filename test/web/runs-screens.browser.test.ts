import { visitSignedIn } from './support/account.ts';
import { expectScreens, SCREEN_TIME } from './support/screens.ts';
import { test, useSite } from './support/site.ts';

/** Pictures of home and runs of a new account. `screens.browser.test.ts` has the pages with data. */
const site = useSite();

test('the pages of a new account look as before', async () => {
  const { page } = await visitSignedIn(site, '/sign-in');
  await page.clock.setFixedTime(SCREEN_TIME);
  for (const [path, name] of [
    ['/', 'home-new'],
    ['/runs', 'runs-empty'],
    ['/runs/new', 'runs-new'],
  ] as const) {
    await page.goto(path);
    await page.getByRole('textbox', { name: 'Task' }).waitFor();
    await page.locator('h1').click();
    await expectScreens(page, name);
  }
});
