import { z } from 'zod';
import { ASSETS_CACHE, PAGE_CACHE } from '../web/headers.ts';

/** The gcloud commands of a release, by phase. `deploy.ts` prints or runs them. */

/**
 * The phases in their order. Migrations only add to the schema, so the code that serves now works with it. A roll-back
 * is the phase `traffic` with an earlier tag. The console comes last, because it may call new functions.
 */
export const PHASES = ['migrate', 'deploy', 'traffic', 'console'] as const;
export type Phase = (typeof PHASES)[number];

export const Release = z.strictObject({
  project: z.string().regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/),
  region: z.string().regex(/^[a-z]+-[a-z]+[0-9]+$/),
  /** By digest, so that the tested image is deployed even when its tag was moved. */
  image: z.string().regex(/@sha256:[0-9a-f]{64}$/, 'must name its digest: …@sha256:…'),
  sandboxImage: z.string().regex(/@sha256:[0-9a-f]{64}$/, 'must name its digest: …@sha256:…'),
  /** Tag of the release's revisions. Cloud Run allows lower-case letters, digits and hyphens. */
  tag: z.string().regex(/^[a-z][a-z0-9-]{0,45}$/),
  /** Share of the traffic that the release gets. */
  percent: z.coerce.number().int().min(1).max(100).default(100),
});
export type Release = z.infer<typeof Release>;

/** The part of `infra/manifest.generated.json` that a release needs. */
export const DeployedFunctions = z.object({
  functions: z.array(
    z.object({ name: z.string().max(49), deployment: z.object({ identity: z.string().default('api') }) }),
  ),
});
export type DeployedFunctions = z.infer<typeof DeployedFunctions>;

/** Returns the commands of a phase in groups. Commands of one group may run concurrently; groups run in order. */
export function commandsOf(phase: Phase, { functions }: DeployedFunctions, release: Release): string[][][] {
  const place = ['--project', release.project, '--region', release.region, '--quiet'];
  switch (phase) {
    case 'migrate':
      return [
        [['run', 'jobs', 'update', 'apexflow-migrate', '--image', release.image, ...place]],
        [['run', 'jobs', 'execute', 'apexflow-migrate', '--wait', ...place]],
      ];
    case 'deploy':
      return [
        functions.map(({ name, deployment }) => deployCommand(name, deployment.identity === 'sandbox', release, place)),
      ];
    case 'traffic':
      return [
        functions.map(({ name }) => [
          'run',
          'services',
          'update-traffic',
          name,
          '--to-tags',
          `${release.tag}=${release.percent}`,
          ...place,
        ]),
      ];
    case 'console':
      return consoleCommands(release.project);
  }
}

/**
 * Returns the commands that upload `web/dist`: the assets first, and the page that names them last. The assets of
 * earlier releases stay, because pages that are open load them.
 */
function consoleCommands(project: string): string[][][] {
  const bucket = `gs://${project}-apexflow-console`;
  const copy = ['storage', 'cp', '--project', project, '--quiet'];
  return [
    [[...copy, '--recursive', `--cache-control=${ASSETS_CACHE}`, 'web/dist/assets', bucket]],
    [[...copy, `--cache-control=${PAGE_CACHE}`, 'web/dist/index.html', `${bucket}/index.html`]],
  ];
}

/**
 * Returns the command that creates a revision without traffic. The command waits for the start-up probe, so it fails
 * when the revision does not start, and the release ends.
 */
function deployCommand(name: string, isSandbox: boolean, release: Release, place: string[]): string[] {
  const image = isSandbox ? release.sandboxImage : release.image;
  const command = ['run', 'services', 'update', name, '--image', image, '--no-traffic', '--tag', release.tag, ...place];
  // Only `gcloud beta` knows the sandbox launcher; `gcloud` would remove it from the service.
  return isSandbox ? ['beta', ...command, '--sandbox-launcher'] : command;
}
