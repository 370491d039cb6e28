import { z } from 'zod';

/** What a release runs, phase by phase: gcloud's arguments for each service of the manifest. Pure; `deploy.ts` prints or executes it. */

/** The order of a release. The schema only grows, so the code that serves now goes on working on it; taking `traffic` back is a roll-back. */
export const PHASES = ['migrate', 'deploy', 'traffic'] as const;
export type Phase = (typeof PHASES)[number];

export const Release = z.strictObject({
  project: z.string().regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/),
  region: z.string().regex(/^[a-z]+-[a-z]+[0-9]+$/),
  /** By digest: what was tested is what is deployed, whatever a tag points to later. */
  image: z.string().regex(/@sha256:[0-9a-f]{64}$/, 'must name its digest: …@sha256:…'),
  sandboxImage: z.string().regex(/@sha256:[0-9a-f]{64}$/, 'must name its digest: …@sha256:…'),
  /** Names this release's revisions; Cloud Run takes lower case letters, digits and hyphens. */
  tag: z.string().regex(/^[a-z][a-z0-9-]{0,45}$/),
  /** How much of the traffic the release gets. */
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

/** The commands of a phase. Commands within one group may run at the same time; groups follow one another. */
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
  }
}

/** A new revision without traffic. The command waits until its start-up probe passes, so a revision that does not start ends the release here. */
function deployCommand(name: string, isSandbox: boolean, release: Release, place: string[]): string[] {
  const image = isSandbox ? release.sandboxImage : release.image;
  const command = ['run', 'services', 'update', name, '--image', image, '--no-traffic', '--tag', release.tag, ...place];
  // Only gcloud's beta track knows the launcher, and the other one would drop it.
  return isSandbox ? ['beta', ...command, '--sandbox-launcher'] : command;
}
