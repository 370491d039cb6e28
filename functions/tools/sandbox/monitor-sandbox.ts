import type { Sandbox, SandboxResult } from './sandbox.ts';

/** The sandbox of a service. It is opened once and tested when readiness is checked. */
interface MonitoredSandbox {
  /**
   * Opens the sandbox. Searches again on each call while the machine has none, because it may be installed meanwhile.
   */
  open(): Promise<Sandbox>;
  /** Runs the command `true` in the sandbox. Returns why that fails, or undefined when it works. */
  check(): Promise<string | undefined>;
}

/** Probes come every second, and a check starts two processes. */
const REUSE_MS = 5_000;

export function monitorSandbox(openSandbox: () => Promise<Sandbox>): MonitoredSandbox {
  let opened: Promise<Sandbox> | undefined;
  let latest: { at: number; result: Promise<string | undefined> } | undefined;
  const open = async () => {
    opened ??= openSandbox();
    const sandbox = await opened;
    if (sandbox.provider === 'none') opened = undefined;
    return sandbox;
  };
  const runCheck = async () => {
    const result = await (await open()).run({ command: 'true', files: [], timeout_seconds: 20, network: 'none' });
    if (result.status === 'completed' && result.exit_code === 0) return undefined;
    // The next call searches again for a sandbox that works.
    opened = undefined;
    return describe(result);
  };
  const check = () => {
    const now = performance.now();
    if (latest === undefined || now - latest.at > REUSE_MS) latest = { at: now, result: runCheck() };
    return latest.result;
  };
  return { open, check };
}

function describe(result: SandboxResult): string {
  return result.status === 'unavailable' ? result.reason : `a test command in the sandbox was ${result.status}`;
}
