import { endpoint } from '../../platform/endpoint.ts';
import { CodeRequest, CodeResult } from '../code/code.ts';
import { findLanguages, interpret } from '../code/interpret.ts';

/**
 * Interprets small programs. The service runs as an account without rights, secrets or a database, so a program that
 * escapes from the interpreter finds nothing. An instance runs one program at a time, so programs of two tenants are
 * never on one machine together.
 */
export const runSandboxCode = endpoint({
  name: 'tools-run-sandbox-code',
  route: 'POST /internal/sandbox/code',
  access: 'internal',
  summary: 'Runs a small program in an interpreter. Returns its output and the value of its last expression.',
  body: CodeRequest,
  bodyLimit: 2 * 1024 * 1024,
  reply: { 200: CodeResult },
  deployment: { identity: 'sandbox', concurrency: 1, cpu: 1, memoryMiB: 1024, timeoutSeconds: 60, maxInstances: 20 },
  part: { name: 'code', look: async () => describeMissing() },
}).compute(async ({ body, signal }) => ({ status: 200, body: await interpret(body, signal) }));

function describeMissing(): string | undefined {
  if (findLanguages().includes('python')) return undefined;
  return `Python is missing: @pydantic/monty has no build for ${process.platform} on ${process.arch}`;
}
