import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { packTree } from '../sandbox/pack-tree.ts';
import { readContents } from '../workspace.ts';
import type { DeployRequest, Source } from './deployment.ts';

/** What a deployment may send; a run's files may be larger, but a service's source is not. */
export const MOST_SOURCE_BYTES = 100 * 1024 * 1024;

/** The files as a `tar.gz` without times and owners, so the same files have the same name, and are stored once. */
export async function packSource(tenantId: string, files: DeployRequest['files']): Promise<Source> {
  const contents = await readContents(tenantId, files);
  const sorted = files.toSorted((one, other) => (one.path < other.path ? -1 : 1));
  const tree = sorted.map(({ path, mode, sha256 }) => ({
    path,
    mode,
    content: new Uint8Array(contents.get(sha256) ?? []),
  }));
  const hash = createHash('sha256').update(
    JSON.stringify(sorted.map(({ path, mode, sha256 }) => [path, mode, sha256])),
  );
  return { bytes: await buffer(Readable.from(packTree(tree)).pipe(createGzip())), hash: hash.digest('hex') };
}
