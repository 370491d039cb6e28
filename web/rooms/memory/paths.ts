/** The paths of the room. Pure. */

/** Returns the path of the page of an entity. */
export function entityPath(path: string): string {
  return `/memory/${path.split('/').map(encodeURIComponent).join('/')}`;
}

/** Whether a path can be one of an entity file. A wrong address is not worth a request. */
export function isEntityPath(path: string): boolean {
  return path === 'profile.md' || /^(memories|entities)\/[^/]+\/(?!\.)[^/]+\.md$/.test(path);
}

/** Returns the path of the page that reverts a source. */
export function revertPath(sourceId: string): string {
  return `/memory/revert/${encodeURIComponent(sourceId)}`;
}
