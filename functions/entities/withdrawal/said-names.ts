import type { Transaction } from '../../platform/database/database.ts';
import { parseEntity } from '../files/entity-file.ts';
import { nameKey } from '../files/entity-name.ts';
import { listSessionTurns } from '../sql/memory-session.ts';
import { wordsIn } from './copied-words.ts';
import type { FilesWithoutSource } from './files-without-source.ts';
import type { OriginalSession } from './history-slice.ts';

/** Returns the name of a file that the session itself says; undefined for a name that only other sessions say. */
export type SaidName = (path: string) => string | undefined;

/**
 * Finds the names of files to which a session appends and that do not exist without the source. Such a file keeps its
 * name if a person of that name speaks in the session, or the session contains all words of the name. A name that is
 * made from the path would lose its script and its accents.
 */
export async function findSaidNames(
  session: OriginalSession,
  { transaction, files }: { transaction: Transaction; files: FilesWithoutSource },
): Promise<SaidName> {
  const { basePosition, edits, sessionId } = session;
  const names = new Map<string, string>();
  for (const { op, path } of edits) {
    if (op !== 'append' || files.at(basePosition, path) !== undefined) continue;
    const { name } = parseEntity(files.original(basePosition, path)?.text ?? '').frontmatter;
    if (name !== undefined) names.set(path, name);
  }
  if (names.size === 0) return () => undefined;
  const turns = await listSessionTurns(transaction, sessionId);
  const speakers = new Set(turns.map(({ speaker }) => nameKey(speaker)));
  const said = wordsIn(turns.flatMap(({ text, caption = '' }) => [text, caption]));
  return (path) => {
    const name = names.get(path);
    if (name === undefined) return undefined;
    const words = [...wordsIn([name])];
    const isSaid = words.length > 0 && words.every((word) => said.has(word));
    return isSaid || speakers.has(nameKey(name)) ? name : undefined;
  };
}
