import { expectScreens, SCREEN_TIME } from './support/screens.ts';
import { test, useSite } from './support/site.ts';

const site = useSite();

test.each(['sign-in', 'register'])('the page /%s looks as before', async (path) => {
  const { page } = await site.visit();
  await page.clock.setFixedTime(SCREEN_TIME);
  await page.goto(`/${path}`);
  await page.locator('form').waitFor();
  await expectScreens(page, path);
});
