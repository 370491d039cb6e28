import { endpoint } from '../../platform/endpoint.ts';
import { CodeRequest, CodeResult } from '../code/code.ts';
import { findLanguages, interpret } from '../code/interpret.ts';

/**
 * Where small programs are interpreted: as the account without rights, without secrets and database, like the sandbox of commands. An interpreter whose walls
 * broke would find nothing there. One program at a time an instance, so no two tenants' programs are ever on one machine together.
 */
export const runSandboxCode = endpoint({
  name: 'tools-run-sandbox-code',
  route: 'POST /internal/sandbox/code',
  access: 'internal',
  summary: 'Runs a small program in an interpreter and answers what it printed and the value of its last expression.',
  body: CodeRequest,
  bodyLimit: 2 * 1024 * 1024,
  reply: { 200: CodeResult },
  deployment: { identity: 'sandbox', concurrency: 1, cpu: 1, memoryMiB: 1024, timeoutSeconds: 60, maxInstances: 20 },
  part: { name: 'code', look: async () => describeMissing() },
}).compute(async ({ body, signal }) => ({ status: 200, body: await interpret(body, signal) }));

function describeMissing(): string | undefined {
  if (findLanguages().includes('python')) return undefined;
  return `Python is missing: there is no build of @pydantic/monty for ${process.platform} on ${process.arch} here`;
}
