import { callTag, type DeployRequest } from './deployment.ts';

/**
 * The request to Cloud Build: build an image of the source, push it and deploy it to Cloud Run. Every argument is an
 * element of a list, so no shell interprets it.
 */
interface BuildTarget {
  project: string;
  /** The service account that the build runs as. Undefined means the project's default. */
  account: string | undefined;
}

export const REPOSITORY = 'apexflow';

/** Returns an image name with a tag of its own for each source, so the deployed image is the one built from it. */
export function imageOf({ project }: BuildTarget, { region, service }: DeployRequest, sourceHash: string): string {
  return `${region}-docker.pkg.dev/${project}/${REPOSITORY}/${service}:${sourceHash.slice(0, 24)}`;
}

export function hasDockerfile({ files }: DeployRequest): boolean {
  return files.some(({ path }) => path === 'Dockerfile');
}

export function buildOf(
  target: BuildTarget,
  request: DeployRequest,
  source: { bucket: string; object: string; generation: string; hash: string },
  callKey: string,
): object {
  const image = imageOf(target, request, source.hash);
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
        args: deployArguments(target, request, image),
      },
    ],
    images: [image],
    tags: ['apexflow', callTag(callKey)],
    timeout: '1800s',
    queueTtl: '3600s',
    options: { logging: 'CLOUD_LOGGING_ONLY' },
    ...(target.account === undefined
      ? {}
      : { serviceAccount: `projects/${target.project}/serviceAccounts/${target.account}` }),
  };
}

function deployArguments({ project }: BuildTarget, request: DeployRequest, image: string): string[] {
  const { service, region, environment } = request;
  return [
    ...['run', 'deploy', service, `--image=${image}`, `--region=${region}`, `--project=${project}`, '--quiet'],
    request.public ? '--allow-unauthenticated' : '--no-allow-unauthenticated',
    `--labels=apexflow-run=${request.runId}`,
    ...(Object.keys(environment).length === 0 ? [] : [`--update-env-vars=${listVariables(environment)}`]),
  ];
}

/**
 * Writes variables as one argument of gcloud, with a separator that none of the values contains (`gcloud topic
 * escaping`). Cloud Build replaces `$NAME` by a value and `$$` by a dollar sign, so dollar signs are doubled.
 */
function listVariables(environment: Readonly<Record<string, string>>): string {
  const entries = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  let number = 0;
  while (entries.some((entry) => entry.includes(`~~${number}~~`))) number += 1;
  const separator = `~~${number}~~`;
  return `^${separator}^${entries.join(separator)}`.replaceAll('$', '$$$$');
}
