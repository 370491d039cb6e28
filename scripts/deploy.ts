import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { commandsOf, DeployedFunctions, PHASES, type Phase, Release } from './deploy-commands.ts';

/**
 * `node scripts/deploy.ts --project P --region R --image I@sha256:… --sandbox-image S@sha256:… --tag c-abc123
 * [--percent 10] [--yes] [migrate|deploy|traffic|console …]`
 *
 * Prints the gcloud commands that deploy an image to every function of the manifest. Runs them with `--yes`. The
 * default is all phases. When a command fails, no later phase starts.
 */

const MANIFEST = join(import.meta.dirname, '../infra/manifest.generated.json');
/** The admin API of Cloud Run allows 180 writes per minute in a project and region; a command makes a few of them. */
const CONCURRENCY = 6;

function readArguments(given: string[]) {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args: given,
    allowPositionals: true,
    options: {
      project: text,
      region: text,
      image: text,
      'sandbox-image': text,
      tag: text,
      percent: text,
      yes: { type: 'boolean', default: false },
    },
  });
  const { yes, 'sandbox-image': sandboxImage, ...rest } = values;
  const release = Release.safeParse({ region: 'us-central1', ...rest, sandboxImage });
  if (!release.success) throw new Error(`Invalid arguments:\n${z.prettifyError(release.error)}`);
  const phases = z.array(z.enum(PHASES)).safeParse(positionals);
  if (!phases.success) throw new Error(`The phases are ${PHASES.join(', ')}`);
  return {
    release: release.data,
    isReal: yes,
    phases: PHASES.filter((phase) => phases.data.length === 0 || phases.data.includes(phase)),
  };
}

/**
 * Runs one command.
 * @throws Error with the output of gcloud, or when gcloud is not installed
 */
function runGcloud(command: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('gcloud', command, { stdio: ['ignore', 'pipe', 'pipe'] });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(String(chunk)));
    child.once('error', () =>
      reject(new Error('gcloud is not installed: install the Google Cloud CLI and sign in with gcloud auth login')),
    );
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`gcloud ${command.join(' ')} ended with ${code}:\n${output.join('')}`));
    });
  });
}

/** Runs the commands of a group with limited concurrency. After a failure it starts no further command. */
async function runGroup(commands: string[][]): Promise<void> {
  const waiting = [...commands];
  const faults: unknown[] = [];
  const work = async () => {
    for (let command = waiting.shift(); command !== undefined && faults.length === 0; command = waiting.shift()) {
      await runGcloud(command).catch((error: unknown) => faults.push(error));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  if (faults.length > 0) throw faults[0];
}

async function runPhase(phase: Phase, manifest: DeployedFunctions, release: Release, isReal: boolean): Promise<void> {
  for (const group of commandsOf(phase, manifest, release)) {
    if (isReal) await runGroup(group);
    else for (const command of group) console.log(`gcloud ${command.map(quoted).join(' ')}`);
  }
  if (isReal) console.log(`${phase}: done`);
}

function quoted(word: string): string {
  return /\s/.test(word) ? `'${word}'` : word;
}

try {
  const { release, isReal, phases } = readArguments(process.argv.slice(2));
  const manifest = DeployedFunctions.parse(JSON.parse(readFileSync(MANIFEST, 'utf8')));
  for (const phase of phases) await runPhase(phase, manifest, release, isReal);
  if (!isReal) console.log('# Nothing was run. Add --yes to run these commands.');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
