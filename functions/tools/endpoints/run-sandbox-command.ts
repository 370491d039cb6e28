import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { DEFAULT_LIMITS } from '../sandbox/limits.ts';
import { monitorSandbox } from '../sandbox/monitor-sandbox.ts';
import { openSandbox } from '../sandbox/open-sandbox.ts';
import { type Sandbox, SandboxRequest, SandboxResult } from '../sandbox/sandbox.ts';

/**
 * Declares the service of the sandbox. It runs as an account without rights, secrets or a database, so a command can
 * steal nothing but the files that came with it. An instance runs one command at a time, so files of two tenants are
 * never on one machine together.
 */
export function declareRunSandboxCommand(open: () => Promise<Sandbox>) {
  const sandbox = monitorSandbox(open);
  return endpoint({
    name: 'tools-run-sandbox-command',
    route: 'POST /internal/sandbox/commands',
    access: 'internal',
    summary: 'Runs a command on a tree of files in a sandbox. Returns its output and the files that it changed.',
    body: SandboxRequest,
    bodyLimit: 32 * 1024 * 1024,
    // A stream, because Cloud Run limits other responses to 32 MiB, and a schema would decode the base64 again.
    reply: { 200: 'application/json' },
    deployment: { identity: 'sandbox', concurrency: 1, cpu: 2, memoryMiB: 2048, timeoutSeconds: 180, maxInstances: 50 },
    part: { name: 'commands', look: sandbox.check },
  }).compute(async ({ body, signal }) => {
    const result = await (await sandbox.open()).run(body, signal);
    return { status: 200, stream: asJson(result) };
  });
}

export const runSandboxCommand = declareRunSandboxCommand(() => openSandbox({ limits: RETURNED_LIMITS }));

/**
 * A command may return only as much as the next command can be sent; otherwise the run's files could not be sent again.
 */
const RETURNED_LIMITS = { ...DEFAULT_LIMITS, returnedBytes: 23 * 1024 * 1024 };

async function* asJson(result: SandboxResult): AsyncGenerator<string> {
  yield JSON.stringify(z.encode(SandboxResult, result));
}
