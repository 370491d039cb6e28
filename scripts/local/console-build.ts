import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { isConsoleBuilt, whyNoBuild } from '../build-console.ts';

/** How the build of the console ended. `seconds` is 0 when `web/dist` was up to date. */
export type ConsoleBuild = { status: 'built'; seconds: number } | { status: 'failed'; reason: string };

/** Ends a build that hangs. A build takes 2 to 4 s on two cores. */
const PATIENCE_MS = 300_000;
/** The end of what a failed build printed is enough: the error comes last. */
const LONGEST_REASON = 4_000;

/**
 * Builds the console in a process of its own, beside the start of the API, when its sources have changed since the last
 * build. Never throws. `onStart` is called when a build is needed.
 */
export async function buildConsole(onStart: () => void): Promise<ConsoleBuild> {
  try {
    if (isConsoleBuilt()) return { status: 'built', seconds: 0 };
    const reason = whyNoBuild();
    if (reason !== undefined) return { status: 'failed', reason };
    onStart();
    return await runBuild();
  } catch (error) {
    return { status: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

function runBuild(): Promise<ConsoleBuild> {
  const start = performance.now();
  const child = spawn(process.execPath, [join(import.meta.dirname, '../build-console.ts')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: PATIENCE_MS,
  });
  const end = () => child.kill();
  process.once('exit', end);
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      printed = (printed + chunk).slice(-LONGEST_REASON);
    });
  return new Promise((resolve) => {
    const finish = (build: ConsoleBuild) => {
      process.off('exit', end);
      resolve(build);
    };
    child.once('error', (error) => finish({ status: 'failed', reason: error.message }));
    child.once('close', (code, signal) => {
      if (code === 0) return finish({ status: 'built', seconds: (performance.now() - start) / 1000 });
      const reason = stripVTControlCharacters(printed).trim() || `The build ended with ${code ?? signal}.`;
      finish({ status: 'failed', reason });
    });
  });
}
