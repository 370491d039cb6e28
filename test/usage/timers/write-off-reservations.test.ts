import { afterAll, expect, test } from 'vitest';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { createId } from '../../../functions/platform/id.ts';
import { Meter, OverBudget } from '../../../functions/usage/meter.ts';
import { writeOffReservations } from '../../../functions/usage/timers/write-off-reservations.ts';
import { createPerson, scopeOf } from '../../entities/people.ts';
import { asOwner } from '../../support/owner.ts';
import { startServer } from '../../support/server.ts';
import { choice, cost, createRun, expireReservations, MOST_OUTPUT, sumsOf, tokens } from '../purchase.ts';

const server = await startServer([writeOffReservations]);
const database = await openDatabase();
afterAll(() => server.close());

const writeOff = () => server.invoke('usage-write-off-reservations');

test('200: writes the reservation of a dead process off once, and corrects it when the call settles late', async () => {
  const person = await createPerson(database);
  const run = await createRun(person, String(Number(cost(MOST_OUTPUT)) * 1.5));
  const meter = () =>
    new Meter(
      { scoped: database.as(scopeOf(person)), ...scopeOf(person), runId: run.id, nodeId: run.nodes[0] },
      { kind: 'turn', reference: createId('call'), choice, worstCase: cost(MOST_OUTPUT) },
    );
  const lost = meter();
  await lost.begin();
  await expect(meter().begin()).rejects.toMatchObject({ name: 'OverBudget', budget: 'run' });
  expect((await writeOff()).body, 'not expired yet').toMatchObject({ written_off: 0 });
  await expireReservations(person);
  expect(await writeOff()).toMatchObject({ status: 200, body: { written_off: 1, failed: 0 } });
  expect((await writeOff()).body).toMatchObject({ written_off: 0 });
  expect(await sumsOf(person)).toMatchObject({ ledger: '0', unknown: `${cost(MOST_OUTPUT).padEnd(12, '0')}` });
  await expect(meter().begin(), 'the unknown cost counts against the budget').rejects.toBeInstanceOf(OverBudget);
  await lost.settle(tokens(10));
  const sums = await sumsOf(person);
  expect([Number(sums.unknown), Number(sums.ledger)]).toEqual([0, Number(cost(10))]);
  await meter().begin();
});

test('the next claim of a node writes off the turns of older claims, but no other call', async () => {
  const person = await createPerson(database);
  const run = await createRun(person, String(Number(cost(MOST_OUTPUT)) * 3.5));
  const [node = '', other = ''] = run.nodes;
  const meterOf = (nodeId: string, reference: string, kind: 'turn' | 'search' = 'turn') =>
    new Meter(
      { scoped: database.as(scopeOf(person)), ...scopeOf(person), runId: run.id, nodeId },
      { kind, reference, choice, worstCase: cost(MOST_OUTPUT) },
    );
  const dead = meterOf(node, `${node}:3:1`);
  await dead.begin();
  await meterOf(other, `${other}:3:1`).begin();
  await meterOf(node, `${node}:3:0:${createId('sea')}`, 'search').begin();
  const next = meterOf(node, `${node}:3:2`);
  await expect(next.begin(), 'what is written off counts against the budget').rejects.toBeInstanceOf(OverBudget);
  const after = await sumsOf(person);
  expect([Number(after.unknown), Number(after.reserved)]).toEqual([
    Number(cost(MOST_OUTPUT)),
    Number(cost(MOST_OUTPUT)) * 2,
  ]);
  await dead.settle(tokens(10));
  expect(Number((await sumsOf(person)).unknown), 'a late settlement corrects it').toBe(0);
  await meterOf(node, `${node}:3:3`).begin();
});

test('200: a reservation that cannot be written off does not stop the others, and is retried', async () => {
  const person = await createPerson(database);
  const run = await createRun(person, '100');
  for (const reference of ['bad', 'good']) {
    const payer = { scoped: database.as(scopeOf(person)), ...scopeOf(person), runId: run.id };
    await new Meter(payer, { kind: 'embedding', reference, choice, worstCase: '0.5' }).begin();
  }
  await asOwner(
    `create function test_break() returns trigger language plpgsql as $$ begin
      if new.reference = 'bad:1' and new.written_off_at is not null then raise exception 'broken row'; end if;
      return new; end $$`,
  );
  await asOwner(
    'create trigger test_break before update on call_reservations for each row execute function test_break()',
  );
  await expireReservations(person);
  expect((await writeOff()).body).toMatchObject({ written_off: 1, failed: 1 });
  await asOwner('drop trigger test_break on call_reservations');
  expect((await writeOff()).body).toMatchObject({ written_off: 1, failed: 0 });
});

test('200: deletes reservations that were written off on an earlier day', async () => {
  const person = await createPerson(database);
  const run = await createRun(person, '100');
  const payer = { scoped: database.as(scopeOf(person)), ...scopeOf(person), runId: run.id };
  await new Meter(payer, { kind: 'embedding', reference: 'old', choice, worstCase: '0.5' }).begin();
  await expireReservations(person);
  expect((await writeOff()).body).toMatchObject({ written_off: 1, deleted: 0 });
  await asOwner(`update call_reservations set written_off_at = now() - interval '2 days' where tenant_id = $1`, [
    person.tenantId,
  ]);
  expect((await writeOff()).body).toMatchObject({ written_off: 0, deleted: 1 });
  expect((await writeOff()).body).toMatchObject({ written_off: 0, deleted: 0 });
});

test('401: rejects the token of a user', async () => {
  const { token } = await createPerson(database);
  const answer = await server.call('POST', '/internal/timers/usage-write-off-reservations', { token });
  expect(answer.status).toBe(401);
});
