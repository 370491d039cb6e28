import type { GitObject } from './object.ts';
import { writePack } from './write-pack.ts';

/** A git bundle, version 2: a head that names the branch, and a pack of all objects (git documentation, "gitformat-bundle"). `git clone FILE` takes it. */
export async function* writeBundle(bundle: {
  branch: string;
  commitId: string;
  objectCount: number;
  objects: AsyncIterable<Pick<GitObject, 'kind' | 'content'>>;
}): AsyncIterable<Uint8Array> {
  const { branch, commitId, objectCount, objects } = bundle;
  yield Buffer.from(`# v2 git bundle\n${commitId} refs/heads/${branch}\n${commitId} HEAD\n\n`);
  yield* writePack({ objectCount, objects });
}
