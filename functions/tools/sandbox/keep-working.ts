import type { Sandbox, SandboxResult } from './sandbox.ts';

/** The sandbox of a service: opened once, and looked at again by who asks whether the service is ready. */
export interface KeptSandbox {
  /** A machine without a sandbox is asked again at the next call, because somebody may have installed it meanwhile. */
  open(): Promise<Sandbox>;
  /** Runs a command that does nothing. @returns why that cannot be, or undefined when it can. */
  look(): Promise<string | undefined>;
}

/** Probes ask every second; a trial takes two processes. */
const REUSE_MS = 5_000;

export function keepWorking(openSandbox: () => Promise<Sandbox>): KeptSandbox {
  let opened: Promise<Sandbox> | undefined;
  let latest: { at: number; trial: Promise<string | undefined> } | undefined;
  const open = async () => {
    opened ??= openSandbox();
    const sandbox = await opened;
    if (sandbox.provider === 'none') opened = undefined;
    return sandbox;
  };
  const tryOnce = async () => {
    const result = await (await open()).run({ command: 'true', files: [], timeout_seconds: 20, network: 'none' });
    if (result.status === 'completed' && result.exit_code === 0) return undefined;
    // What worked and works no more is searched for anew.
    opened = undefined;
    return describe(result);
  };
  const look = () => {
    const now = performance.now();
    if (latest === undefined || now - latest.at > REUSE_MS) latest = { at: now, trial: tryOnce() };
    return latest.trial;
  };
  return { open, look };
}

function describe(result: SandboxResult): string {
  return result.status === 'unavailable' ? result.reason : `a trial of the sandbox was ${result.status}`;
}
