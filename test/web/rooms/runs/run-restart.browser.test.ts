import { expect } from 'vitest';
import { z } from 'zod';
import { visibleRows } from '../../../../web/rooms/runs/run/row-filter.ts';
import type { LogEvent } from '../../../../web/rooms/runs/run/run-event.ts';
import { addNewer, EMPTY_LOG } from '../../../../web/rooms/runs/run/run-events.ts';
import { visitSignedIn } from '../../support/account.ts';
import { test, useSite } from '../../support/site.ts';

const site = useSite();
const Started = z.object({ id: z.string() });
const ALL = { node: '', kind: '', level: '', matters: false, search: '', from: undefined, until: undefined } as const;

test('the server is killed and started again, and the page goes on without a lost or doubled event', async () => {
  const { page, account, announceOutage } = await visitSignedIn(site);
  const { token } = account;
  const started = await site.server.call('POST', '/api/v1/sprints', { token, body: { task: 'Build a counter' } });
  const { id } = Started.parse(started.body);
  await page.goto(`/runs/${id}?matters=0`);
  await page.locator('.run-row').nth(3).waitFor();
  const end = announceOutage();
  await site.server.kill();
  await page.getByText('Reconnecting · you have everything up to').waitFor();
  await site.server.restart();
  await page.getByRole('heading', { name: 'Result' }).waitFor({ timeout: 60_000 });
  end();

  const { body } = await site.server.call('GET', `/api/v1/runs/${id}/logs?limit=200`, { token });
  const events = (body as { items: LogEvent[] }).items;
  const rows = visibleRows(addNewer(EMPTY_LOG, events).rows, ALL);
  const list = page.getByRole('list', { name: 'Time line' });
  await expect.poll(() => list.getByRole('listitem').first().getAttribute('aria-setsize')).toBe(String(rows.length));
  const keys = new Set<string | null>();
  await list.evaluate((element: Element) => element.scrollTo(0, 0));
  for (let step = 0; step < 100 && keys.size < rows.length; step += 1) {
    for (const position of await list
      .getByRole('listitem')
      .evaluateAll((items) => items.map((item) => item.getAttribute('aria-posinset'))))
      keys.add(position);
    await list.evaluate((element: Element) => element.scrollBy(0, 200));
  }
  expect(keys.size).toBe(rows.length);
});
