import { messageOf } from '../branch/apply-change-set.ts';
import { isEntityPath } from '../files/ontology.ts';
import type { RemadeCommit } from './without-source.ts';

/** What a commit of an erased source says of itself: it stands where it stood, and changes nothing. */
export const ERASED_MESSAGE = 'Erased';

/** What a commit that is made anew says of itself: as before, but for names that are gone with the source. */
export function remadeMessage(remade: RemadeCommit, gone: readonly string[], sourceId: string): string {
  const { was, isOwn, changes, withdrawn } = remade;
  if (isOwn) return ERASED_MESSAGE;
  if (was.session !== undefined) {
    const before = [...was.changes.keys()].filter(isEntityPath).sort();
    const after = changes.map(({ path }) => path).sort();
    const isAsItWas = withdrawn.length === 0 && before.join('\n') === after.join('\n');
    return isAsItWas ? was.message : messageOf(was.session, changes);
  }
  if (was.revertedSource === sourceId) return 'Revert a source that was erased since';
  return gone.reduce((message, name) => withoutName(message, name), was.message);
}

function withoutName(message: string, name: string): string {
  const escaped = name.replaceAll(/[^\w]/g, '\\$&');
  return message.replaceAll(new RegExp(`(?<![\\w/])${escaped}(?![\\w/])`, 'g'), '[erased]');
}

/** How files that are gone are called: by path and by name. */
export function namesOf(paths: Iterable<string>): string[] {
  return [...paths].flatMap((path) => [path, path.slice(path.lastIndexOf('/') + 1).replace(/\.md$/, '')]);
}
