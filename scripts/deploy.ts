import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { commandsOf, DeployedFunctions, PHASES, type Phase, Release } from './deploy-commands.ts';

/**
 * `node scripts/deploy.ts --project P --region R --image I@sha256:… --sandbox-image S@sha256:… --tag c-abc123 [--percent 10] [migrate|deploy|traffic …]`
 *
 * Prints the gcloud commands that bring every function of the manifest to an image; with `--yes` it runs them. Without phases it goes through all of them.
 * The first command that fails ends the release: no later phase begins.
 */

const MANIFEST = join(import.meta.dirname, '../infra/manifest.generated.json');
/** Cloud Run's admin API takes 180 writes a minute for a project and region, and a command makes a handful. */
const AT_ONCE = 6;

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
  if (!release.success) throw new Error(`These arguments are not usable:\n${z.prettifyError(release.error)}`);
  const phases = z.array(z.enum(PHASES)).safeParse(positionals);
  if (!phases.success) throw new Error(`The phases are ${PHASES.join(', ')}`);
  return {
    release: release.data,
    isReal: yes,
    phases: PHASES.filter((phase) => phases.data.length === 0 || phases.data.includes(phase)),
  };
}

/** @throws Error with what gcloud said, or that there is no gcloud */
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

/** Runs the group a few at a time; after a failure it begins no other. */
async function runGroup(commands: string[][]): Promise<void> {
  const waiting = [...commands];
  const faults: unknown[] = [];
  const work = async () => {
    for (let command = waiting.shift(); command !== undefined && faults.length === 0; command = waiting.shift()) {
      await runGcloud(command).catch((error: unknown) => faults.push(error));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (faults.length > 0) throw faults[0];
}

async function runPhase(phase: Phase, manifest: DeployedFunctions, release: Release, isReal: boolean): Promise<void> {
  for (const group of commandsOf(phase, manifest, release)) {
    if (isReal) await runGroup(group);
    else for (const command of group) console.log(`gcloud ${command.join(' ')}`);
  }
  if (isReal) console.log(`${phase}: done`);
}

try {
  const { release, isReal, phases } = readArguments(process.argv.slice(2));
  const manifest = DeployedFunctions.parse(JSON.parse(readFileSync(MANIFEST, 'utf8')));
  for (const phase of phases) await runPhase(phase, manifest, release, isReal);
  if (!isReal) console.log('# Nothing was run: add --yes.');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
