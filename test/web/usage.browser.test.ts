import { closeDatabase } from '../../functions/platform/database/open.ts';
import { createId } from '../../functions/platform/id.ts';
import { waitFor } from '../support/local-server.ts';
import { asOwner } from '../support/owner.ts';
import { expectAccessible } from './support/accessible.ts';
import { type Account, visitSignedIn } from './support/account.ts';
import { test, useSite } from './support/site.ts';

const site = useSite();

test('usage shows the period of its address, exact sums, and a range that is wrong at its fields', async () => {
  const { page, account } = await visitSignedIn(site, '/usage');
  await page.getByText('Nothing was used in this period.').waitFor();
  await page.getByText('No budget limits the day.').waitFor();
  await playRun(account);
  await page.goto('/usage?days=7&split=worker');
  const table = page.getByRole('table', { name: /^By worker/ });
  await table.getByRole('rowheader', { name: 'summarizer' }).waitFor();
  await table.getByRole('row', { name: /^In this period .* \$0\.00$/ }).waitFor();
  await page.getByText('Nothing was charged in this period, so tokens are shown.').waitFor();
  await expectAccessible(page);
  await page.getByRole('link', { name: 'Model' }).click();
  await page.waitForURL(/days=7&split=model/);
  await page.getByLabel('From').fill('2026-01-01');
  await page.getByLabel('To', { exact: true }).fill('2026-06-01');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.getByText('A range has at most 92 days.').waitFor();
  await page.getByLabel('To', { exact: true }).fill('2026-01-31');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.waitForURL(/from=2026-01-01&to=2026-01-31/);
  await page.getByText('Nothing was used in this period.').waitFor();
});

test('a dead letter says what failed and why, and is replayed after a question', async () => {
  const { page, account } = await visitSignedIn(site, '/');
  await page.goto('about:blank');
  await insertDeadLetter(account);
  await page.goto('/usage');
  await page.getByText('The model <b>did not</b> answer').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Replay' }).click();
  const dialog = page.getByRole('dialog', { name: 'Replay this work?' });
  await dialog.getByRole('button', { name: 'Replay' }).click();
  await page.getByText('Moving a run on: it is tried again.', { exact: false }).waitFor();
  await page.getByText('Nothing was put aside.').waitFor();
});

/** Plays a run of one worker in rehearsal. */
async function playRun({ token }: Account): Promise<void> {
  const body = { query: 'Sum up.', agent_type: 'summarizer' };
  const { id } = (await site.server.call('POST', '/api/v1/runs', { token, body })).body;
  await waitFor('the run to end', async () => {
    const run = await site.server.call('GET', `/api/v1/runs/${id}`, { token });
    return run.body.status === 'completed';
  });
}

/** A task dies after half an hour of tries, so it is written. The embedded database belongs to one process. */
async function insertDeadLetter({ email }: Account): Promise<void> {
  await site.server.stop();
  await asOwner(
    `insert into dead_letters (id, tenant_id, step, queue, payload, work, attempts, error, died_at)
      select $1, tenant_id, 'runs-settle-run', 'control', jsonb_build_object('tenant_id', tenant_id, 'run_id', $2::text), 'w', 12, $3, now()
      from users where email = $4`,
    [createId('dead'), createId('run'), 'The model <b>did not</b> answer', email],
  );
  await closeDatabase();
  await site.server.restart();
}
