import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { register } from '../../../functions/identity/endpoints/register.ts';
import { openDatabase } from '../../../functions/platform/database/open.ts';
import { useQueue } from '../../../functions/platform/queue/open-queue.ts';
import type { Task } from '../../../functions/platform/queue/task.ts';
import { CALL } from '../../../functions/runs/calls/call-node.ts';
import { startCall } from '../../../functions/runs/calls/start-call.ts';
import { answerQuestion } from '../../../functions/runs/endpoints/answer-question.ts';
import { TakeTurn } from '../../../functions/runs/run.ts';
import { findCall } from '../../../functions/runs/sql/call.ts';
import { settleRun } from '../../../functions/runs/steps/settle-run.ts';
import { takeTurns } from '../../../functions/runs/take-turns.ts';
import { answer, type Tool, tool } from '../../../functions/tools/tool.ts';
import { type Person, startServer, type TestServer } from '../../support/server.ts';

/** Calls through the engine with tools of the test. The test delivers the tasks itself. */
let server: TestServer;
let person: Person;
const tasks: Task[] = [];
beforeAll(async () => {
  server = await startServer([register, answerQuestion, settleRun]);
  person = await server.signUp();
  useQueue({ create: async (task) => void tasks.push(task), close: async () => undefined });
});
afterAll(() => server.close());

async function start(name: string, parameters: Record<string, unknown> = {}): Promise<string> {
  const scope = { kind: 'tenant', tenantId: person.tenantId, userId: person.userId } as const;
  const call = { name, arguments: parameters };
  return (await openDatabase()).as(scope).transaction((transaction) => startCall(transaction, call));
}

const read = async (id: string) =>
  findCall((await openDatabase()).as({ kind: 'tenant', tenantId: person.tenantId, userId: person.userId }), id);

/** Delivers all tasks, each of them twice. */
async function deliver(tools: readonly Tool[]): Promise<void> {
  const database = await openDatabase();
  for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
    const { step, payload } = task;
    for (let times = 0; times < 2; times += 1) {
      if (step !== 'runs-take-call') expect((await server.invoke(step, payload)).status).toBe(200);
      else {
        const delivery = { payload: TakeTurn.payload.parse(payload), database, signal: new AbortController().signal };
        await takeTurns({ ...CALL, tools: async () => tools }, delivery);
      }
    }
  }
}

const decide = async (id: string, response: string) => {
  const question = (await read(id))?.question_id;
  const body = { question_id: question, response };
  return (await server.call('POST', `/api/v1/runs/${id}/input`, { token: person.token, body })).status;
};

function toolThatAsks(ran: string[]): Tool {
  return tool({
    name: 'send_letter',
    description: '',
    parameters: z.strictObject({ to: z.string() }),
    safeToRepeat: false,
    approval: async ({ to }) => ({ status: 'approval', summary: `Send a letter to ${to}.`, fingerprint: to }),
    execute: async ({ to }, { worker, approved }) => {
      ran.push(to);
      return answer(`${worker} sent it, as ${approved?.by === person.userId ? 'the person' : 'nobody'} allowed.`);
    },
  });
}

test('a call that needs an approval waits for it, and is then made once', async () => {
  const ran: string[] = [];
  const id = await start('send_letter', { to: 'Ada' });
  await deliver([toolThatAsks(ran)]);
  expect(await read(id)).toMatchObject({
    status: 'waiting_input',
    output: null,
    is_error: null,
    question_id: expect.stringMatching(/^ques_/),
  });
  expect(ran).toEqual([]);
  expect(await decide(id, 'approve')).toBe(202);
  await deliver([toolThatAsks(ran)]);
  expect(await read(id)).toMatchObject({
    status: 'completed',
    output: 'caller sent it, as the person allowed.',
    is_error: false,
    question_id: null,
  });
  expect(ran).toEqual(['Ada']);
});

test('a refused call ends the run, and no model is asked what to do', async () => {
  const ran: string[] = [];
  const id = await start('send_letter', { to: 'Bob' });
  await deliver([toolThatAsks(ran)]);
  expect(await decide(id, 'reject: not him')).toBe(202);
  await deliver([toolThatAsks(ran)]);
  expect(await read(id)).toMatchObject({
    status: 'failed',
    is_error: true,
    output: expect.stringContaining('The person refused this call'),
  });
  expect(ran).toEqual([]);
});

test('a tool that is gone, and one that throws, end the run with a reason', async () => {
  const gone = await start('no_more');
  await deliver([]);
  expect(await read(gone)).toMatchObject({ status: 'failed', output: expect.stringContaining('There is no tool') });
  const broken = tool({
    name: 'broken',
    description: '',
    parameters: z.strictObject({}),
    safeToRepeat: true,
    execute: async () => {
      throw new Error('secret details');
    },
  });
  const id = await start('broken');
  await deliver([broken]);
  const call = await read(id);
  expect(call).toMatchObject({ status: 'failed', output: expect.stringContaining('an internal error') });
  expect(call?.output).not.toContain('secret');
});

test('text that Postgres cannot store is replaced in the record of a call', async () => {
  const id = await start('send_letter', { to: 'a\0b\ud800', 'x\0': 1 });
  await deliver([toolThatAsks([])]);
  expect(await read(id)).toMatchObject({ status: 'failed', output: expect.stringContaining('are wrong') });
});
