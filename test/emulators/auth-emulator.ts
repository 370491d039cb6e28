import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';

/** The Firebase Auth emulator, from the package of this folder (install it with `npm ci --ignore-scripts`). */
const PROGRAM = join(import.meta.dirname, 'node_modules/firebase-tools/lib/bin/firebase.js');

export const isEmulatorInstalled = existsSync(PROGRAM);

export interface AuthEmulator {
  /** The value of FIREBASE_AUTH_EMULATOR_HOST. */
  host: string;
  stop(): Promise<void>;
}

/** Starts the emulator on free ports in a new folder. Takes about five seconds. */
export async function startAuthEmulator(project: string): Promise<AuthEmulator> {
  const folder = mkdtempSync(join(tmpdir(), 'apexflow-emulator-'));
  const [auth, hub, logging] = [await freePort(), await freePort(), await freePort()];
  const at = (port: number) => ({ host: '127.0.0.1', port });
  const emulators = { auth: at(auth), hub: at(hub), logging: at(logging), ui: { enabled: false } };
  writeFileSync(join(folder, 'firebase.json'), JSON.stringify({ emulators }));
  const child = spawn(process.execPath, [PROGRAM, 'emulators:start', '--only', 'auth', '--project', project], {
    cwd: folder,
    env: { ...process.env, CI: 'true', HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(String(chunk)));
  const host = `127.0.0.1:${auth}`;
  await untilReady(`http://${host}/`, child, output);
  return {
    host,
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilReady(url: string, child: ChildProcess, output: string[]): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (child.exitCode !== null) break;
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(200);
  }
  child.kill('SIGKILL');
  throw new Error(`The Firebase Auth emulator did not start:\n${output.join('')}`);
}
