import { text } from '../../../text/memory.ts';

/** Groups entities by their folder. Pure. */

export interface Folder<T> {
  path: string;
  label: string;
  entities: T[];
}

/** Returns the folders in the order of their paths, the profile first; within one, by name. */
export function foldersOf<T extends { path: string; name: string }>(entities: readonly T[]): Folder<T>[] {
  const folders = new Map<string, Folder<T>>();
  for (const entity of entities) {
    const path = entity.path.includes('/') ? entity.path.slice(0, entity.path.lastIndexOf('/')) : '';
    const folder = folders.get(path) ?? { path, label: folderLabel(path), entities: [] };
    folder.entities.push(entity);
    folders.set(path, folder);
  }
  for (const folder of folders.values()) folder.entities.sort((one, other) => one.name.localeCompare(other.name));
  return [...folders.values()].sort((one, other) => one.path.localeCompare(other.path));
}

function folderLabel(path: string): string {
  if (path === '') return text.entities.you;
  const last = path.slice(path.lastIndexOf('/') + 1).replaceAll(/[-_]/g, ' ');
  return last.charAt(0).toUpperCase() + last.slice(1);
}

/** Returns a name for an entity of which only the path is known: the last part of the path, in words with capitals. */
export function nameOf(path: string): string {
  if (path === 'profile.md') return text.entities.you;
  const stem = path.slice(path.lastIndexOf('/') + 1).replace(/\.md$/, '');
  return stem.replaceAll(/[-_]/g, ' ').replaceAll(/(?<=^|\s)\p{Ll}/gu, (letter) => letter.toUpperCase());
}

/** Whether an entity changed after a moment; false without one. */
export function hasChangedSince(changedAt: string, moment: string | undefined): boolean {
  return moment !== undefined && Date.parse(changedAt) > Date.parse(moment);
}
