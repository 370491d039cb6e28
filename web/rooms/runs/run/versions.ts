import type { Item } from '../../../api/client.ts';

/** Which version of a file is shown. */
export type Version = Item<'/api/v1/runs/{id}/file-versions/{path}'>;

/** Where the reader comes from: a turn that wrote the file, or a moment of the run. */
export interface VersionWish {
  node?: string | undefined;
  turn?: number | undefined;
  moment?: number | undefined;
}

/**
 * Returns the version that the turn wrote last, or that was there at the moment, or the newest. `versions` are newest
 * first.
 */
export function wishedVersion(versions: readonly Version[], wish: VersionWish): Version | undefined {
  if (wish.turn !== undefined) {
    const found = versions.find(({ node, turn }) => node === wish.node && turn === wish.turn);
    if (found !== undefined) return found;
  }
  const { moment } = wish;
  if (moment === undefined) return versions[0];
  return versions.find(({ created_at: at }) => Date.parse(at) <= moment) ?? versions.at(-1);
}

/** The version before one, or undefined for the first. */
export function versionBefore(versions: readonly Version[], version: Version): Version | undefined {
  return versions[versions.indexOf(version) + 1];
}

/** Whether the content can be read. */
export function isReadable(version: Version | undefined): version is Version {
  return version?.available === true && !version.deleted;
}
