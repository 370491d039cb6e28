import { z } from 'zod';
import { endpoint } from '../../platform/endpoint.ts';
import { keepWorking } from '../sandbox/keep-working.ts';
import { DEFAULT_LIMITS } from '../sandbox/limits.ts';
import { openSandbox } from '../sandbox/open-sandbox.ts';
import { type Sandbox, SandboxRequest, SandboxResult } from '../sandbox/sandbox.ts';

/**
 * The sandbox's own service: it has no rights, no secrets and no database, so there is nothing to steal beside the tree that comes with the command. One
 * command at a time an instance, so no two tenants' trees are ever on one machine together.
 */
export function declareRunSandboxCommand(open: () => Promise<Sandbox>) {
  const sandbox = keepWorking(open);
  return endpoint({
    name: 'tools-run-sandbox-command',
    route: 'POST /internal/sandbox/commands',
    access: 'internal',
    summary: 'Runs a command over a tree of files in a sandbox and answers what it printed and changed.',
    body: SandboxRequest,
    bodyLimit: 32 * 1024 * 1024,
    // A stream, because Cloud Run cuts whole answers at 32 MiB and base64 would be decoded again by a schema.
    reply: { 200: 'application/json' },
    deployment: { identity: 'sandbox', concurrency: 1, cpu: 2, memoryMiB: 2048, timeoutSeconds: 180, maxInstances: 50 },
    part: { name: 'commands', look: sandbox.look },
  }).compute(async ({ body, signal }) => {
    const result = await (await sandbox.open()).run(body, signal);
    return { status: 200, stream: asJson(result) };
  });
}

export const runSandboxCommand = declareRunSandboxCommand(() => openSandbox({ limits: RETURNED_LIMITS }));

/** A command may leave what the next one can be given, and no more: above that the run's files could not be sent again. */
const RETURNED_LIMITS = { ...DEFAULT_LIMITS, returnedBytes: 23 * 1024 * 1024 };

async function* asJson(result: SandboxResult): AsyncGenerator<string> {
  yield JSON.stringify(z.encode(SandboxResult, result));
}
