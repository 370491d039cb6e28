import { callTag, type DeployRequest } from './deployment.ts';

/** The build that Cloud Build is asked for: an image of the source, pushed, and deployed to Cloud Run. Every argument is one of a list, so no shell reads it. */
export interface BuildPlace {
  project: string;
  /** Whose rights the build has; the project's default where it is undefined. */
  account: string | undefined;
}

export const REPOSITORY = 'apexflow';

/** A tag for each source: what is deployed is what was built from it. */
export function imageOf({ project }: BuildPlace, { region, service }: DeployRequest, sourceHash: string): string {
  return `${region}-docker.pkg.dev/${project}/${REPOSITORY}/${service}:${sourceHash.slice(0, 24)}`;
}

export function hasDockerfile({ files }: DeployRequest): boolean {
  return files.some(({ path }) => path === 'Dockerfile');
}

export function buildOf(
  place: BuildPlace,
  request: DeployRequest,
  source: { bucket: string; object: string; generation: string; hash: string },
  callKey: string,
): object {
  const image = imageOf(place, request, source.hash);
  const { bucket, object, generation } = source;
  return {
    source: { storageSource: { bucket, object, generation } },
    steps: [
      hasDockerfile(request)
        ? { id: 'build', name: 'gcr.io/cloud-builders/docker', args: ['build', '--tag', image, '.'] }
        : {
            id: 'build',
            name: 'gcr.io/k8s-skaffold/pack',
            entrypoint: 'pack',
            args: ['build', image, '--builder=gcr.io/buildpacks/builder:latest', '--network=cloudbuild'],
          },
      { id: 'push', name: 'gcr.io/cloud-builders/docker', args: ['push', image] },
      {
        id: 'deploy',
        name: 'gcr.io/google.com/cloudsdktool/cloud-sdk:slim',
        entrypoint: 'gcloud',
        args: deployArguments(place, request, image),
      },
    ],
    images: [image],
    tags: ['apexflow', callTag(callKey)],
    timeout: '1800s',
    queueTtl: '3600s',
    options: { logging: 'CLOUD_LOGGING_ONLY' },
    ...(place.account === undefined
      ? {}
      : { serviceAccount: `projects/${place.project}/serviceAccounts/${place.account}` }),
  };
}

function deployArguments({ project }: BuildPlace, request: DeployRequest, image: string): string[] {
  const { service, region, environment } = request;
  return [
    ...['run', 'deploy', service, `--image=${image}`, `--region=${region}`, `--project=${project}`, '--quiet'],
    request.public ? '--allow-unauthenticated' : '--no-allow-unauthenticated',
    `--labels=apexflow-run=${request.runId}`,
    ...(Object.keys(environment).length === 0 ? [] : [`--update-env-vars=${listVariables(environment)}`]),
  ];
}

/**
 * gcloud takes a list with a separator of one's own in front (`gcloud topic escaping`): one that is in none of the values. Cloud Build puts in values for
 * `$NAME`, and takes `$$` for a dollar.
 */
function listVariables(environment: Readonly<Record<string, string>>): string {
  const entries = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  let number = 0;
  while (entries.some((entry) => entry.includes(`~~${number}~~`))) number += 1;
  const separator = `~~${number}~~`;
  return `^${separator}^${entries.join(separator)}`.replaceAll('$', '$$$$');
}
