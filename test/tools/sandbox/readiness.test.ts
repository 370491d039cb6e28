import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { discoverFunctions } from '../../../functions/platform/discover.ts';
import { getReadiness } from '../../../functions/system/endpoints/get-readiness.ts';
import { declareRunSandboxCommand } from '../../../functions/tools/endpoints/run-sandbox-command.ts';
import { monitorSandbox } from '../../../functions/tools/sandbox/monitor-sandbox.ts';
import { openSandbox } from '../../../functions/tools/sandbox/open-sandbox.ts';
import { hasSandbox } from '../../support/bubblewrap.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer | undefined;
afterEach(() => server?.close());

const working = declareRunSandboxCommand(() => openSandbox({ isCloud: false }));
const missing = declareRunSandboxCommand(() => openSandbox({ isCloud: false, bubblewrap: '/nowhere/bwrap' }));
const lostByDeploy = declareRunSandboxCommand(() => openSandbox({ isCloud: true, launcher: '/nowhere/sandbox' }));

describe('the service of the sandbox', () => {
  it.skipIf(!hasSandbox)('is ready when a command runs', async () => {
    server = await startServer([working]);
    expect(await server.call('GET', '/readiness')).toMatchObject({ status: 200, body: { status: 'ready' } });
  });

  it.each([
    ['bubblewrap is missing', missing],
    ['the launcher is missing in the cloud', lostByDeploy],
  ])('is healthy but not ready when %s', async (_what, declared) => {
    server = await startServer([declared]);
    expect(await server.call('GET', '/readiness')).toMatchObject({ status: 503, body: { status: 'not ready' } });
    expect((await server.call('GET', '/health')).status).toBe(200);
  });

  it('is not ready when it is started as on Cloud Run, without the launcher', async () => {
    const { APEXFLOW_HOME: _home, METADATA_SERVER_DETECTION: _detection, ...environment } = process.env;
    const service = spawn(process.execPath, [join(import.meta.dirname, '../../../functions/platform/serve.ts')], {
      env: {
        ...environment,
        K_SERVICE: 'tools-run-sandbox-command',
        FUNCTION_TARGET: 'tools-run-sandbox-command',
        PORT: '0',
        GOOGLE_CLOUD_PROJECT: 'test',
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      let said = '';
      for await (const chunk of service.stdout) {
        said += String(chunk);
        if (said.includes('"port":')) break;
      }
      const url = `http://127.0.0.1:${/"port":(\d+)/.exec(said)?.[1]}`;
      expect((await fetch(`${url}/health`)).status).toBe(200);
      expect((await fetch(`${url}/readiness`)).status).toBe(503);
    } finally {
      service.kill('SIGKILL');
      await once(service, 'exit');
    }
  });
});

describe('a local server', () => {
  it('is ready without a sandbox, and says how to install one', async () => {
    server = await startServer([getReadiness, missing]);
    expect(await server.call('GET', '/readiness')).toMatchObject({
      status: 200,
      body: {
        status: 'ready',
        parts: {
          commands: { status: 'unavailable', reason: 'bubblewrap is not installed: apt-get install bubblewrap' },
        },
      },
    });
  });

  it.skipIf(!hasSandbox)('says that all parts are available', async () => {
    server = await startServer();
    expect((await server.call('GET', '/readiness')).body).toEqual({
      status: 'ready',
      parts: {
        commands: { status: 'available' },
        code: { status: 'available' },
        pdf: { status: 'available' },
      },
    });
  });
});

it('every function of the sandbox account has a part that readiness checks', async () => {
  const declared = (await discoverFunctions()).map(({ declaration }) => declaration);
  const sandboxes = declared.filter(({ deployment }) => deployment.identity === 'sandbox');
  expect(sandboxes.map(({ name, part }) => [name, part?.name])).toEqual([
    ['documents-read-pdf', 'pdf'],
    ['tools-run-sandbox-code', 'code'],
    ['tools-run-sandbox-command', 'commands'],
  ]);
});

it.skipIf(!hasSandbox)(
  'finds a sandbox that is installed after the start, and never runs a command without one',
  async () => {
    const opened: string[] = [];
    const kept = monitorSandbox(async () => {
      opened.push('opened');
      return openSandbox({ isCloud: false, bubblewrap: opened.length > 1 ? '/usr/bin/bwrap' : '/nowhere/bwrap' });
    });
    const request = { command: 'echo ran', files: [], timeout_seconds: 20, network: 'none' as const };
    expect(await (await kept.open()).run(request)).toMatchObject({ status: 'unavailable' });
    expect(await (await kept.open()).run(request)).toMatchObject({ status: 'completed', stdout: 'ran\n' });
    expect(await kept.check()).toBeUndefined();
    expect(opened).toHaveLength(2);
  },
);
