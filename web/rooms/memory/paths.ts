/** The paths of the room and what its queries may hold. Pure. */

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

/** Returns the instant of a query value; undefined for none, or for a text that is no time with its zone. */
export function readInstant(value: unknown): string | undefined {
  const text = readWord(value);
  if (text === undefined || !/^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:?\d\d)$/i.test(text)) return undefined;
  return Number.isNaN(Date.parse(text)) ? undefined : text;
}

/** Returns the text of a query value; undefined when it is missing, empty or given twice. */
export function readWord(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
