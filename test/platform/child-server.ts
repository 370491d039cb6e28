import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { discoverFile } from '../../functions/platform/discover.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A function that is served in a process of its own. */
export interface ChildServer {
  url: string;
  child: ChildProcess;
  /** Returns all output so far. */
  output(): string;
  /** Returns the peak memory of the process in megabytes. */
  peakMegabytes(): number;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts the start file of deployed services. */
export function serve(target: string, environment: Record<string, string> = {}): Promise<ChildServer> {
  return start(['functions/platform/serve.ts'], { FUNCTION_TARGET: target, ...environment });
}

/** Starts Google's Functions Framework by its command, with the function's file as its source. */
export function serveByFramework(target: string, environment: Record<string, string> = {}): Promise<ChildServer> {
  return serveFileByFramework(discoverFile(target), target, environment);
}

export function serveFileByFramework(
  source: string,
  target: string,
  environment: Record<string, string> = {},
): Promise<ChildServer> {
  return start(['node_modules/.bin/functions-framework', `--source=${source}`, `--target=${target}`], environment);
}

async function start(command: string[], environment: Record<string, string>): Promise<ChildServer> {
  const port = await freePort();
  const child = spawn(process.execPath, command, {
    cwd: ROOT,
    env: { ...process.env, LOG_LEVEL: 'info', ...environment, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const url = `http://127.0.0.1:${port}`;
  await untilHealthy(url, child, () => output);
  return {
    url,
    child,
    output: () => output,
    peakMegabytes: () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode === null) {
        child.kill(signal);
        await once(child, 'exit');
      }
      return child.exitCode;
    },
  };
}

async function untilHealthy(url: string, child: ChildProcess, output: () => string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode}: ${output()}`);
    const answer = await fetch(`${url}/health`).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The server did not become healthy: ${output()}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('No port is free');
  return address.port;
}
