import { CloudTasksClient } from '@google-cloud/tasks';
import { OAuth2Client } from 'google-auth-library';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openCloudTasks } from '../../../functions/platform/queue/cloud-tasks.ts';
import { useQueue } from '../../../functions/platform/queue/open-queue.ts';
import type { Queue } from '../../../functions/platform/queue/queue.ts';
import { type ScriptedTasks, startScriptedTasks } from '../../support/scripted-tasks.ts';
import { createTenant, enqueueFor, ping, waitingTasks } from './outbox-of-a-tenant.ts';

let scripted: ScriptedTasks;
let queue: Queue;
let tenantId: string;
beforeAll(async () => {
  scripted = await startScriptedTasks();
  const authClient = new OAuth2Client();
  authClient.setCredentials({ access_token: 'scripted', expiry_date: Date.now() + 3_600_000 });
  const client = new CloudTasksClient({
    projectId: 'acme',
    fallback: true,
    protocol: 'http',
    apiEndpoint: '127.0.0.1',
    port: scripted.port,
    authClient,
  });
  queue = await openCloudTasks({
    project: 'acme',
    location: 'europe-west1',
    functionUrl: 'https://{name}-123.run.app',
    invoker: 'tasks@acme.iam.gserviceaccount.com',
    client,
  });
  useQueue(queue);
});
beforeEach(async () => {
  tenantId = await createTenant();
  scripted.failWith = undefined;
});
afterAll(async () => {
  await queue.close();
  await scripted.close();
});

describe('a task for Cloud Tasks', () => {
  it('is created after the commit with name, URL, body, token and deadline, and its outbox row is removed', async () => {
    const task = ping(tenantId, 1);
    await enqueueFor(tenantId, task);
    const parent = 'projects/acme/locations/europe-west1/queues/apexflow-control/tasks';
    const created = scripted.created.find(({ name }) => name === `${parent}/${task.name}`);
    expect(created).toMatchObject({
      dispatchDeadline: '1800s',
      httpRequest: {
        url: 'https://test-ping-123.run.app/internal/steps/test-ping',
        headers: { 'content-type': 'application/json' },
        oidcToken: {
          serviceAccountEmail: 'tasks@acme.iam.gserviceaccount.com',
          audience: 'https://test-ping-123.run.app',
        },
      },
    });
    expect(JSON.parse(Buffer.from(created?.httpRequest.body ?? '', 'base64').toString())).toEqual({
      tenant_id: tenantId,
      number: 1,
    });
    expect(created?.scheduleTime).toBeUndefined();
    expect(await waitingTasks(tenantId)).toEqual([]);
  });

  it('is not scheduled before its notBefore', async () => {
    const notBefore = new Date(Date.now() + 90_500);
    const task = ping(tenantId, 2, notBefore);
    await enqueueFor(tenantId, task);
    const scheduled = Date.parse(scripted.created.find(({ name }) => name.endsWith(task.name))?.scheduleTime ?? '');
    expect(scheduled).toBeGreaterThanOrEqual(notBefore.getTime());
    expect(scheduled).toBeLessThan(notBefore.getTime() + 1_001);
  });

  it('counts as created when its name exists, and its outbox row is removed', async () => {
    const task = ping(tenantId, 3);
    await queue.create(task);
    const before = scripted.created.length;
    await enqueueFor(tenantId, task);
    expect(scripted.created).toHaveLength(before);
    expect(scripted.calls.length).toBeGreaterThan(before);
    expect(await waitingTasks(tenantId)).toEqual([]);
  });

  it.each([
    ['no permission', { code: 403, status: 'PERMISSION_DENIED' }],
    ['no such queue', { code: 404, status: 'NOT_FOUND' }],
    ['a quota', { code: 429, status: 'RESOURCE_EXHAUSTED' }],
    ['a fault of the service', { code: 500, status: 'INTERNAL' }],
  ])(
    'stays in the outbox when it cannot be created (%s), and the transaction of the caller is committed',
    async (_name, failure) => {
      scripted.failWith = failure;
      const task = ping(tenantId, 4);
      await enqueueFor(tenantId, task);
      expect(await waitingTasks(tenantId)).toEqual([task.name]);
      scripted.failWith = undefined;
      await queue.create(task);
      expect(await waitingTasks(tenantId)).toEqual([]);
    },
  );
});
