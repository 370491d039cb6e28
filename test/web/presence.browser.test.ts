import type { Page, WebSocket as PageSocket } from 'playwright-core';
import { expect } from 'vitest';
import { expectAccessible } from './support/accessible.ts';
import { visitSignedIn } from './support/account.ts';
import { test, useSite } from './support/site.ts';

/** The tab's socket, and who else is in a run. */
const site = useSite();

/** Starts a run and returns its id. */
async function startRun(token: string): Promise<string> {
  const { body } = await site.server.call('POST', '/api/v1/runs', {
    token,
    body: { query: 'Who else is here?', budget_usd: 1 },
  });
  return (body as { id: string }).id;
}

/** The frames of a socket, as they are sent and received. */
function framesOf(socket: PageSocket): { sent: { type: string }[]; received: { type: string; seq?: number }[] } {
  const frames = { sent: [] as { type: string }[], received: [] as { type: string; seq?: number }[] };
  socket.on('framesent', ({ payload }) => frames.sent.push(JSON.parse(String(payload))));
  socket.on('framereceived', ({ payload }) => frames.received.push(JSON.parse(String(payload))));
  return frames;
}

/** Tells the page that its tab was hidden or is seen again. */
const setHidden = (page: Page, isHidden: boolean) =>
  page.evaluate((value) => {
    Object.defineProperty(document, 'hidden', { value, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isHidden);

test('the socket signs in with a ticket in its first frame; a hidden tab closes it and resumes', async () => {
  const { page, account } = await visitSignedIn(site, '/');
  const id = await startRun(account.token);
  const opened = page.waitForEvent('websocket');
  await page.goto(`/runs/${id}`);
  const first = await opened;
  const frames = framesOf(first);
  expect(new URL(first.url()).pathname + new URL(first.url()).search).toBe('/api/v1/ws');
  await expect.poll(() => frames.received.map(({ type }) => type)).toContain('presence');
  expect(frames.sent.slice(0, 2)).toMatchObject([
    { type: 'auth', ticket: expect.stringMatching(/^tkt_/) },
    { type: 'subscribe', channel: `run:${id}` },
  ]);
  const closed = first.waitForEvent('close');
  await setHidden(page, true);
  await closed;
  const again = page.waitForEvent('websocket');
  await setHidden(page, false);
  const resumed = framesOf(await again);
  await expect.poll(() => resumed.sent).toHaveLength(2);
  expect(resumed.sent[1]).toMatchObject({ type: 'subscribe', after: expect.any(Number) });
});

test('names who else is in a run, and not the user', async () => {
  const { page, account } = await visitSignedIn(site, '/');
  const id = await startRun(account.token);
  const people = ['Grace Hopper', 'Ada \u202eLovelace', 'Mary', 'Joan'].map((name, index) => ({
    id: `usr_${index}`,
    name,
    state: index === 0 ? 'typing' : 'viewing',
  }));
  await page.routeWebSocket('**/api/v1/ws', (route) => {
    const server = route.connectToServer();
    server.onMessage((message) => {
      const frame = JSON.parse(String(message));
      // What the server says of the user, and others of the same team.
      if (frame.type === 'presence') frame.users.push(...people);
      route.send(JSON.stringify(frame));
    });
  });
  await page.goto(`/runs/${id}`);
  const list = page.getByRole('list', { name: 'Also here' });
  await list.getByText('Grace Hopper').waitFor();
  expect(await list.getByRole('listitem').allInnerTexts()).toEqual([
    expect.stringMatching(/Grace Hopper\s+is writing/),
    expect.stringContaining('Ada \\u202eLovelace'),
    expect.stringContaining('Mary'),
    'and 1 more',
  ]);
  await expectAccessible(page);
});
