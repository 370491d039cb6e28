import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { type DiscoveredFunction, discoverFunctions } from '../functions/platform/discover.ts';
import type { Deployment, ServedFunction } from '../functions/platform/http/served-function.ts';
import { QUEUES } from '../functions/platform/queue/task.ts';
import { consoleInfrastructure } from '../web/headers.ts';
import { printClientTypes } from './client-types.ts';
import { describeEndpoint } from './describe-endpoints.ts';
import { createOpenApi } from './openapi.ts';

/**
 * `npm run manifest` writes what the declarations of functions say: `infra/manifest.generated.json` for Terraform,
 * `infra/openapi.generated.json` for clients of any language, `web/api/api.generated.d.ts` for typed clients, and
 * `infra/console-headers.generated.json`, the headers of the web console.
 * `--check` writes nothing and fails when a file is out of date.
 */

export interface Manifest {
  functions: object[];
  queues: object[];
}

/** Returns the services and queues to deploy. */
export function createManifest(functions: readonly DiscoveredFunction[]): Manifest {
  return {
    functions: functions.map(({ file, declaration }) => ({
      name: declaration.name,
      kind: declaration.kind,
      source: `dist/functions/${file}.js`,
      target: declaration.name,
      route: { method: declaration.route.method, path: declaration.route.path },
      access: accessOf(declaration),
      ...(declaration.queue === undefined ? {} : { queue: `apexflow-${declaration.queue}` }),
      ...(declaration.schedule === undefined ? {} : { schedule: declaration.schedule }),
      deployment: deploymentOf(declaration.deployment),
    })),
    queues: Object.entries(QUEUES).map(([name, limits]) => ({
      name: `apexflow-${name}`,
      max_concurrent_dispatches: limits.maxConcurrentDispatches,
      max_dispatches_per_second: limits.maxDispatchesPerSecond,
    })),
  };
}

/** Anyone may connect to a socket; its caller signs in on the connection. */
function accessOf({ kind, contract }: ServedFunction): string {
  return contract?.access ?? (kind === 'socket' ? 'public' : 'internal');
}

/** Returns only declared values. Terraform has the defaults. */
function deploymentOf(deployment: Deployment): Record<string, unknown> {
  const named = {
    memory_mib: deployment.memoryMiB,
    cpu: deployment.cpu,
    concurrency: deployment.concurrency,
    timeout_seconds: deployment.timeoutSeconds,
    max_instances: deployment.maxInstances,
    identity: deployment.identity,
    secrets: deployment.secrets,
  };
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
}

/** Returns the text of the generated files by their paths in the repository. */
export async function generateFiles(): Promise<Record<string, string>> {
  const functions = await discoverFunctions();
  const declarations = functions.map(({ declaration }) => declaration);
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
  const descriptions = functions.flatMap(({ file, declaration }) => {
    const description = describeEndpoint(join(ROOT, 'functions', `${file}.ts`));
    return description === undefined ? [] : [[declaration.name, description] as const];
  });
  const openApi = createOpenApi(declarations, version, new Map(descriptions));
  return {
    'infra/manifest.generated.json': `${JSON.stringify(createManifest(functions), null, 2)}\n`,
    'infra/openapi.generated.json': `${JSON.stringify(openApi, null, 2)}\n`,
    'infra/console-headers.generated.json': `${JSON.stringify(consoleInfrastructure(), null, 2)}\n`,
    'web/api/api.generated.d.ts': printClientTypes(openApi),
  };
}

const ROOT = join(import.meta.dirname, '..');

async function main(isCheck: boolean): Promise<number> {
  const files = Object.entries(await generateFiles());
  const stale = files.filter(
    ([path, text]) => !existsSync(join(ROOT, path)) || readFileSync(join(ROOT, path), 'utf8') !== text,
  );
  if (isCheck) {
    for (const [path] of stale) console.error(`${path} is out of date. Run npm run manifest and commit the file.`);
    return stale.length === 0 ? 0 : 1;
  }
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
  }
  console.log(stale.length === 0 ? 'all files are up to date' : `wrote ${stale.map(([path]) => path).join(' and ')}`);
  return 0;
}

if (import.meta.main) process.exitCode = await main(process.argv.includes('--check'));
