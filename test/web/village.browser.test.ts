import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { z } from 'zod';
import { closeDatabase } from '../../functions/platform/database/open.ts';
import { waitFor } from '../support/local-server.ts';
import { asOwner } from '../support/owner.ts';
import { expectAccessible, expectFocus, pressOn, tabTo } from './support/accessible.ts';
import { type Account, createAccount, signIn, visitSignedIn } from './support/account.ts';
import { test, useSite } from './support/site.ts';

/** The village: what agents state becomes agreements and tensions, in the lists and in the picture. */
const site = useSite();

const Stated = z.object({ id: z.string(), agent: z.object({ id: z.string() }), thread_id: z.string().nullable() });
const Pending = z.object({ pending: z.int() });

async function say({ token }: Account, agent: string, content: string, more: object = {}) {
  const body = { agent, content, ...more };
  const answer = await site.server.call('POST', '/api/v1/village/knowledge', { token, body });
  expect(answer.status).toBe(201);
  return Stated.parse(answer.body);
}

/** Waits until all statements are compared. */
async function linked({ token }: Account): Promise<void> {
  await waitFor('the statements to be compared', async () => {
    const { body } = await site.server.call('GET', '/api/v1/village/convergence', { token });
    return Pending.parse(body).pending === 0;
  });
}

/** Ada and Ben agree on the day of releases; Cleo denies what Ada says of backups. */
async function settle(account: Account): Promise<void> {
  await say(account, 'Ada', 'We release on Tuesdays.');
  await say(account, 'Ben', 'Releases go out on Tuesdays.');
  await say(account, 'Ada', 'Backups are kept for thirty days.');
  await say(account, 'Cleo', 'Backups are not kept for thirty days.');
  await say(account, 'Dora', 'The gateway restarts each night.');
  await say(account, 'Eve', 'Costs of the gateway rose in October.');
  await linked(account);
}

const list = (page: Page, name: string) => page.getByRole('region', { name: new RegExp(`^${name} `) });
const picture = (page: Page) => page.getByRole('region', { name: 'Picture of the village' });
const post = (page: Page) => page.getByRole('button', { name: 'Post', exact: true });

test('what agents post arrives live: an agreement and a tension in the lists and in the picture', async () => {
  const { page, account } = await visitSignedIn(site, '/village');
  await page.getByText('No one has posted yet.').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Post an example' }).click();
  const form = page.getByRole('dialog', { name: 'Post a statement' });
  expect(await form.getByLabel('Statement').inputValue()).toContain('Tuesdays');
  await expectAccessible(page);
  await form.getByLabel('Statement').fill('We release on Tuesdays.');
  await form.getByLabel('As which agent').fill('Ada');
  await form.getByLabel('Thread', { exact: true }).selectOption({ label: 'A new thread…' });
  await form.getByLabel('Title of the thread').fill('When to release');
  await form.getByLabel('Title of the thread').press('Meta+Enter');
  await form.waitFor({ state: 'detached' });
  await list(page, 'Threads').getByText('When to release').waitFor();

  // Another client posts; the page hears of it by its socket.
  await say(account, 'Ben', 'Releases go out on Tuesdays.');
  const agreement = list(page, 'Agreements').getByRole('button', { name: /Harmony/ });
  await agreement.waitFor();
  await say(account, 'Cleo', 'We do not release on Tuesdays.');
  const tension = list(page, 'Tensions')
    .getByRole('button', { name: /^Tension/ })
    .first();
  await tension.waitFor();
  await page.getByText(/^\d agreements?, \d tensions?, 3 agents/).waitFor();

  // Choosing a mark opens its row, and choosing a row presses its mark.
  await picture(page)
    .getByRole('button', { name: /^Harmony:/ })
    .click();
  await expect.poll(() => agreement.getAttribute('aria-expanded')).toBe('true');
  await list(page, 'Agreements')
    .getByText(/by rules/)
    .waitFor();
  await tension.click();
  const mark = picture(page).getByRole('button', { name: /^Tension/, pressed: true });
  await mark.waitFor();
  await list(page, 'Tensions').getByText('denies').first().waitFor();
  await expectAccessible(page);
  const ask = list(page, 'Tensions').getByRole('link', { name: 'Ask a council' });
  const council = new URL((await ask.getAttribute('href')) ?? '', site.server.url);
  expect(council.pathname).toBe('/agents/council/new');
  expect(council.searchParams.getAll('options')).toContain('We do not release on Tuesdays.');
});

test('the village is read with the keyboard alone', async () => {
  const { page, account } = await visitSignedIn(site);
  await settle(account);
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('v');
  await list(page, 'Agreements')
    .getByRole('button', { name: /Harmony/ })
    .waitFor();
  await page.keyboard.press('a');
  const agreement = list(page, 'Agreements').getByRole('button', { name: /Harmony/ });
  await expectFocus(agreement);
  await page.keyboard.press('Enter');
  await expect.poll(() => agreement.getAttribute('aria-expanded')).toBe('true');
  await page.keyboard.press('t');
  await expectFocus(list(page, 'Tensions').getByRole('button', { name: /^Tension/ }));

  // One tab stop in the picture: the chosen mark. Arrows go on from it.
  const mark = picture(page).getByRole('button', { name: /^Harmony:/ });
  await page.getByRole('textbox', { name: 'Search statements' }).focus();
  await tabTo(page, mark);
  await page.keyboard.press('ArrowRight');
  const moved = await page.evaluate(() => document.activeElement?.getAttribute('data-mark'));
  expect(moved).not.toBe(await mark.getAttribute('data-mark'));
  expect(moved).toBeTruthy();
  const dot = picture(page).getByRole('button', { name: /^Dora states/ });
  await dot.press('Enter');
  const sheet = page.getByRole('dialog', { name: 'Statement' });
  await sheet.getByText('The gateway restarts each night.').waitFor();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await sheet.waitFor({ state: 'detached' });
  await expectFocus(dot);

  const before = await picture(page).locator('[data-mark]').count();
  await page.keyboard.press('+');
  await picture(page).getByRole('button', { name: 'Show all', disabled: false }).waitFor();
  await page.keyboard.press('0');
  await picture(page).getByRole('button', { name: 'Show all', disabled: true }).waitFor();
  expect(await picture(page).locator('[data-mark]').count()).toBe(before);

  await page.keyboard.press('v');
  const matrix = page.getByRole('table', { name: 'Agreements and tensions between agents' });
  await matrix.waitFor();
  await expectAccessible(page);
  await pressOn(page, matrix.getByRole('button', { name: 'Ada, Ben: 1 agreement, 0 tensions' }));
  await page.waitForURL(/on=agreement/);
  await page.keyboard.press('v');
  await picture(page).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('backups');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Found for “backups”' }).waitFor();
  await page
    .getByRole('button', { name: /Backups are not kept for thirty days/ })
    .first()
    .waitFor();
  await expectAccessible(page);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('costs of the gateway');
  await page.getByRole('option', { name: /Costs of the gateway rose/ }).click();
  await page.getByRole('dialog', { name: 'Statement' }).getByText('Costs of the gateway rose in October.').waitFor();
});

test('keys of the room act from its slider and its bar, and arrows lead from row to row', async () => {
  const { page, account } = await visitSignedIn(site);
  await settle(account);
  await page.goto('/village');
  const slider = page.getByRole('slider', { name: /below the threshold/ });
  await slider.focus();
  await page.keyboard.press('a');
  await expectFocus(list(page, 'Agreements').getByRole('button', { name: /Harmony/ }));
  await page.keyboard.press('ArrowDown');
  const tension = list(page, 'Tensions').getByRole('button', { name: /^Tension/ });
  await expectFocus(tension);
  await page.keyboard.press('j');
  await expectFocus(list(page, 'Agents').getByRole('button', { name: /^Eve/ }).first());
  await page.keyboard.press('ArrowUp');
  await expectFocus(tension);
  for (const focused of [slider, page.getByRole('slider', { name: 'Moment of the village' })]) {
    await focused.focus();
    await page.keyboard.press('+');
    await picture(page).getByRole('button', { name: 'Show all', disabled: false }).waitFor();
    await page.keyboard.press('0');
    await picture(page).getByRole('button', { name: 'Show all', disabled: true }).waitFor();
    await page.keyboard.press('v');
    await page.getByRole('table').waitFor();
    await page.keyboard.press('v');
    await picture(page).waitFor();
    await slider.waitFor();
  }
});

test('agents of one name are called with whose they are, and no word covers another one', async () => {
  const [account, dana] = [await createAccount(site), await createAccount(site, 'Dana')];
  await moveToTeam(dana, account);
  await settle(account);
  for (const speaker of [account, dana]) await say(speaker, 'researcher', 'The archive is read each Monday.');
  await linked(account);
  const { page } = await site.visit();
  await signIn(page, account, '/village');
  await list(page, 'Agreements')
    .getByText(/researcher · (you|Dana) and researcher · (you|Dana)/)
    .waitFor();
  await list(page, 'Agents').getByText('researcher · Dana').waitFor();
  await picture(page).getByRole('button', { name: 'Agent researcher · you', exact: true }).waitFor();
  await picture(page).getByText('researcher · Dana', { exact: true }).waitFor();
  await page.mouse.move(0, 0);
  await expect.poll(() => picture(page).evaluate(coveredLabels)).toEqual([]);
  await page.getByRole('button', { name: 'Post', exact: true }).click();
  const form = page.getByRole('dialog', { name: 'Post a statement' });
  await form.getByLabel('Who hears it').selectOption('bridge');
  await form.getByLabel('The other side').selectOption({ label: 'researcher · Dana' });
});

/** Makes a user one of another user's team. The embedded database belongs to one process. */
async function moveToTeam({ email }: Account, of: Account): Promise<void> {
  await site.server.stop();
  await asOwner(
    `update users set tenant_id = (select tenant_id from users where email = $2), role = 'member' where email = $1`,
    [email, of.email],
  );
  await closeDatabase();
  await site.server.restart();
}

/** Runs in the page: the words of the picture that cover each other, as they are drawn. */
function coveredLabels(picture: Element): string[] {
  const labels = [...picture.querySelectorAll('.village-label, .village-name')].filter(
    (label) => getComputedStyle(label).opacity !== '0',
  );
  const boxes = labels.map((label) => ({ text: label.textContent ?? '', box: label.getBoundingClientRect() }));
  return boxes.flatMap(({ text, box }, at) =>
    boxes
      .slice(at + 1)
      .filter((other) => {
        const [across, down] = [
          Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left),
          Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top),
        ];
        return across > 0 && down > 0;
      })
      .map((other) => `${text} / ${other.text}`),
  );
}

test('pairs below the threshold are shown on demand and count nowhere', async () => {
  const { page, account, announce } = await visitSignedIn(site);
  await settle(account);
  await say(account, 'Eve', 'The gateway restarts after each release.');
  await linked(account);
  await page.goto('/village');
  const slider = page.getByRole('slider', { name: /below the threshold/ });
  await slider.waitFor();
  const counts = await page.getByText(/agreement.*tension.*agents/).textContent();
  await slider.press('Home');
  await page.getByText(/[1-9] pairs?, not counted/).waitFor();
  await page.waitForURL(/floor=/);
  await picture(page).locator('path[stroke-dasharray="2 5"]').first().waitFor({ state: 'attached' });
  expect(await page.getByText(/agreement.*tension.*agents/).textContent()).toBe(counts);
  // The list has what the picture shows as dashed lines.
  await list(page, 'Below the threshold')
    .getByText(/similarity .*, not counted/)
    .first()
    .waitFor();
  await slider.press('End');
  await page.waitForURL((url) => !url.search.includes('floor'));
  await expect.poll(() => picture(page).locator('path[stroke-dasharray="2 5"]').count()).toBe(0);

  announce(422, '/api/v1/village/convergence');
  await page.goto('/village?floor=0.99');
  await page
    .getByText(/must not be above the threshold/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await picture(page).waitFor();
});

test('the time bar shows the village as it was, where nothing is written', async () => {
  const { page, account } = await visitSignedIn(site);
  await settle(account);
  await page.goto('/village');
  const time = page.getByRole('slider', { name: 'Moment of the village' });
  await list(page, 'Tensions')
    .getByRole('button', { name: /^Tension/ })
    .waitFor();
  await time.press('Home');
  await page.getByText('You see the village as it was on').waitFor();
  await page.getByText('0 agreements, 0 tensions, 1 agent').waitFor();
  expect(await time.getAttribute('aria-valuetext')).toContain('statement 1 of 6');
  expect(await post(page).count()).toBe(0);
  // Counts are of now.
  await list(page, 'Agents').getByText('Ada').waitFor();
  expect(
    await list(page, 'Agents')
      .getByText(/statement/)
      .count(),
  ).toBe(0);
  await expect
    .poll(() =>
      picture(page)
        .getByRole('button', { name: /states:/ })
        .count(),
    )
    .toBe(1);
  await time.press('ArrowRight');
  await page.getByText('1 agreement, 0 tensions, 2 agents').waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Back to now' }).click();
  await post(page).waitFor();
  await page
    .getByText(/1 tension/)
    .first()
    .waitFor();
  await page.goto('/village?as_of=2091-01-01T00:00:00Z');
  await post(page).waitFor();
  expect(await page.getByText('You see the village as it was on').count()).toBe(0);
});

test('private rooms and bridges have their place, and nobody else sees them', async () => {
  const { page, account } = await visitSignedIn(site);
  await say(account, 'Ada', 'The plan is too long.', { realm: 'private' });
  const ben = await say(account, 'Ben', 'The parser has a new owner.');
  const bridge = await say(account, 'Ada', 'Please review the parser.', { realm: 'bridge', sides: [ben.agent.id] });
  await page.goto('/village');
  await picture(page).getByText('Private room of Ada').waitFor();
  await picture(page).getByText('Bridge of Ada and Ben').waitFor();
  await picture(page).getByRole('button', { name: 'Ada states: Please review the parser.' }).click();
  const sheet = page.getByRole('dialog', { name: 'Statement' });
  await sheet.getByRole('button', { name: 'Reply' }).click();
  const form = page.getByRole('dialog', { name: 'Post a statement' });
  expect(await form.getByLabel('Who hears it').inputValue()).toBe('bridge');
  expect(await form.getByLabel('Who hears it').isDisabled()).toBe(true);
  await form.getByLabel('Statement').fill('I do it on Thursday.');
  await form.getByLabel('As which agent').fill('Ben');
  await form.getByRole('button', { name: 'Post' }).click();
  await form.waitFor({ state: 'detached' });
  await sheet.getByRole('heading', { name: 'Answers' }).waitFor();
  await sheet.getByText('I do it on Thursday.').waitFor();

  const other = await visitSignedIn(site, '/village');
  await other.page.getByText('No one has posted yet.').waitFor();
  other.announce(404, `/api/v1/village/knowledge/${bridge.id}`);
  await other.page.goto(`/village?on=${bridge.id}`);
  await other.page.getByRole('alert').waitFor();
  expect(await other.page.locator('body').textContent()).not.toContain('parser');
});

test('a statement with HTML is text, and its agent may delete it', async () => {
  const { page, account } = await visitSignedIn(site);
  const hostile = '<img src=x onerror="alert(1)"> <b>bold</b> \u202eevil';
  const { id } = await say(account, 'Mallory', hostile, {
    tags: ['<i>tag</i>'],
    thread_title: '<script>alert(1)</script>',
  });
  await page.goto('/village');
  await list(page, 'Threads').getByText('<script>alert(1)</script>').waitFor();
  await page.goto(`/village?on=${id}`);
  const sheet = page.getByRole('dialog', { name: 'Statement' });
  await sheet.getByText('<img src=x onerror="alert(1)"> <b>bold</b> \\u202eevil').waitFor();
  await sheet.getByText('<i>tag</i>').waitFor();
  expect(await page.locator('img[src="x"]').count()).toBe(0);
  await sheet.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog', { name: 'Delete this statement?' }).getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No one has posted yet.').waitFor();
});

test('on a phone the lists come first, and other rooms are behind More', async () => {
  const { page, account } = await visitSignedIn(site, '/', { size: 'phone' });
  const long = 'x'.repeat(80);
  const { thread_id: thread } = await say(account, long, `${long} is kept.`, { thread_title: long });
  await say(account, `y${long}`, `${long} is not kept.`, { thread_id: thread });
  await settle(account);
  const widths = () => page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  const bar = page.getByRole('navigation', { name: 'Main' }).filter({ visible: true });
  await expect
    .poll(async () => (await bar.locator('a, button').allInnerTexts()).map((label) => label.trim()))
    .toEqual(['Runs', 'Chat', 'Memory', 'Village', 'More']);
  await bar.getByRole('link', { name: 'Village' }).click();
  await list(page, 'Agreements')
    .getByRole('button', { name: /Harmony/ })
    .waitFor();
  expect(await picture(page).count()).toBe(0);
  await expectAccessible(page);
  await list(page, 'Threads').getByText(long).first().waitFor();
  expect(await widths()).toEqual([390, 390]);
  await page.setViewportSize({ width: 1280, height: 800 });
  await picture(page).waitFor();
  expect(await widths()).toEqual([1280, 1280]);
  await page.setViewportSize({ width: 390, height: 844 });
  await list(page, 'Threads').getByRole('button').click();
  await page.getByRole('dialog', { name: long }).getByText('is not kept').waitFor();
  expect(await widths()).toEqual([390, 390]);
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: 'Picture', exact: true }).click();
  await picture(page).getByRole('button', { name: 'Tension Ada, Cleo' }).click();
  await page.getByText('says').filter({ visible: true }).first().waitFor();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await expectAccessible(page);
  await bar.getByRole('button', { name: 'More' }).click();
  const more = page.getByRole('dialog', { name: 'More' });
  await more.waitFor();
  const rooms = await more.getByRole('link').allInnerTexts();
  expect(rooms.map((label) => label.trim())).toEqual(
    expect.arrayContaining(['Home', 'Inbox', 'Usage', 'Tools', 'Settings']),
  );
  await expectAccessible(page);
  await more.getByRole('link', { name: 'Usage' }).click();
  await page.waitForURL('**/usage');
  await more.waitFor({ state: 'detached' });
});
