import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DeployedFunctions } from '../../scripts/deploy-commands.ts';

const ROOT = join(import.meta.dirname, '../..');
const { functions } = DeployedFunctions.parse(
  JSON.parse(readFileSync(join(ROOT, 'infra/manifest.generated.json'), 'utf8')),
);
const IMAGE = `region.example/functions@sha256:${'a'.repeat(64)}`;
const SANDBOX_IMAGE = `region.example/sandbox@sha256:${'b'.repeat(64)}`;
const RELEASE = ['--project', 'my-project', '--image', IMAGE, '--sandbox-image', SANDBOX_IMAGE, '--tag', 'c-1'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'apexflow-deploy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the script. Its PATH contains only the folder of the test. */
function deploy(...given: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts/deploy.ts'), ...given], {
    env: { PATH: folder },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** Installs a gcloud that records its arguments and fails when they contain a word. Returns the recorded calls. */
function installGcloud(failingWord = 'nothing-fails'): () => string[] {
  const calls = join(folder, 'calls');
  const program = join(folder, 'gcloud');
  writeFileSync(
    program,
    `#!/bin/sh\necho "$*" >>${calls}\ncase "$*" in *${failingWord}*) echo "quota exceeded" >&2; exit 3;; esac\n`,
  );
  chmodSync(program, 0o755);
  return () => (existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : []);
}

test('prints every command and runs none of them without --yes', () => {
  const calls = installGcloud();
  const { status, stdout } = deploy(...RELEASE);
  expect(status).toBe(0);
  expect(calls()).toEqual([]);
  const commands = stdout.split('\n').filter((line) => line.startsWith('gcloud '));
  expect(commands).toHaveLength(4 + 2 * functions.length);
  for (const { name } of functions) {
    expect(commands.filter((command) => command.includes(` services update ${name} `))).toHaveLength(1);
    expect(commands.filter((command) => command.includes(` update-traffic ${name} --to-tags c-1=100 `))).toHaveLength(
      1,
    );
  }
});

test('migrates, then deploys every function without traffic, then sends traffic, then uploads the console', () => {
  const calls = installGcloud();
  expect(deploy(...RELEASE, '--yes').status).toBe(0);
  const phaseOf = (call: string) =>
    ['console', 'migrate', 'traffic', 'deploy'][
      [' web/dist/', ' jobs ', 'update-traffic', ''].findIndex((word) => call.includes(word))
    ];
  const phases = calls().map(phaseOf);
  expect(phases).toEqual([
    ...['migrate', 'migrate'],
    ...functions.map(() => 'deploy'),
    ...functions.map(() => 'traffic'),
    ...['console', 'console'],
  ]);
  expect(calls()[1]).toContain('jobs execute apexflow-migrate --wait');
  for (const call of calls().filter((line) => phaseOf(line) === 'deploy'))
    expect(call).toContain('--no-traffic --tag c-1');
});

test('only the services that run code and commands of a model, or parse files of strangers, get the sandbox image and the launcher', () => {
  const commands = deploy(...RELEASE, 'deploy')
    .stdout.split('\n')
    .filter((line) => line.startsWith('gcloud '));
  const sandboxed = commands.filter((command) => command.includes(SANDBOX_IMAGE));
  const updated = sandboxed.map(
    (command) => /^gcloud beta run services update (\S+) .*--sandbox-launcher$/.exec(command)?.[1],
  );
  expect(updated.sort()).toEqual(['documents-read-pdf', 'tools-run-sandbox-code', 'tools-run-sandbox-command']);
  expect(commands.filter((command) => command.includes(IMAGE))).toHaveLength(functions.length - updated.length);
});

test('a service that does not start ends the release before any traffic is sent', () => {
  const calls = installGcloud('runs-start-sprint');
  const { status, stderr } = deploy(...RELEASE, '--yes');
  expect(status).toBe(1);
  expect(stderr).toContain('quota exceeded');
  expect(calls().filter((call) => call.includes('update-traffic'))).toEqual([]);
});

test('says that gcloud is missing', () => {
  const { status, stderr } = deploy(...RELEASE, '--yes');
  expect(status).toBe(1);
  expect(stderr).toContain('gcloud is not installed');
});

test('rejects an image without a digest, an unknown phase and an invalid tag', () => {
  const refused: [string[], string][] = [
    [RELEASE.map((word) => (word === IMAGE ? 'region.example/functions:latest' : word)), 'must name its digest'],
    [[...RELEASE, 'destroy'], 'The phases are migrate, deploy, traffic, console'],
    [RELEASE.map((word) => (word === 'c-1' ? 'C_1' : word)), 'tag'],
  ];
  for (const [given, reason] of refused) {
    const { status, stderr } = deploy(...given);
    expect(status, given.join(' ')).toBe(1);
    expect(stderr).toContain(reason);
  }
});
