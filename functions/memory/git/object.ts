import { hash } from 'node:crypto';

/**
 * Git's objects as bytes, and their ids, exactly as git makes them (git documentation, "Git Objects"): an id is the SHA-1 of `<kind> <size>`, NUL and the
 * content. What is written here, `git fsck --strict` accepts.
 */

export type ObjectKind = 'blob' | 'tree' | 'commit';

export interface GitObject {
  id: string;
  kind: ObjectKind;
  content: Buffer;
}

/** An object with its id. */
export function objectOf(kind: ObjectKind, content: Buffer): GitObject {
  const head = Buffer.from(`${kind} ${content.length}\0`);
  return { id: hash('sha1', Buffer.concat([head, content]), 'hex'), kind, content };
}

export function blobOf(text: string): GitObject {
  return objectOf('blob', Buffer.from(text, 'utf8'));
}

/** Plain files and folders are all that a memory holds. */
export interface TreeEntry {
  name: string;
  isFolder: boolean;
  id: string;
}

const FILE_MODE = '100644';
const FOLDER_MODE = '40000';

/** A tree's entries stand in the order of their bytes, where a folder counts as if a slash followed its name. */
export function treeOf(entries: readonly TreeEntry[]): GitObject {
  const keyed = entries.map((entry) => ({ entry, key: Buffer.from(entry.name + (entry.isFolder ? '/' : '')) }));
  keyed.sort((one, other) => Buffer.compare(one.key, other.key));
  const parts = keyed.flatMap(({ entry }) => [
    Buffer.from(`${entry.isFolder ? FOLDER_MODE : FILE_MODE} ${entry.name}\0`),
    Buffer.from(entry.id, 'hex'),
  ]);
  return objectOf('tree', Buffer.concat(parts));
}

/** The entries of a tree object. @throws Error when the bytes are no tree */
export function parseTree(content: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < content.length; ) {
    const nul = content.indexOf(0, at);
    if (nul < 0 || nul + 21 > content.length) throw new Error('A tree object ends too early');
    const [mode = '', ...name] = content.toString('utf8', at, nul).split(' ');
    entries.push({
      name: name.join(' '),
      isFolder: mode === FOLDER_MODE,
      id: content.toString('hex', nul + 1, nul + 21),
    });
    at = nul + 21;
  }
  return entries;
}

export interface CommitText {
  treeId: string;
  parentIds: readonly string[];
  /** Whole seconds since 1970. */
  seconds: number;
  message: string;
}

/** Who git says made a commit: we, on behalf of the person whose repository it is. No address of a person enters a history that is handed on. */
const AUTHOR = 'ApexFlow Memory <memory@apexflow.invalid>';

export function commitOf({ treeId, parentIds, seconds, message }: CommitText): GitObject {
  const lines = [
    `tree ${treeId}`,
    ...parentIds.map((id) => `parent ${id}`),
    `author ${AUTHOR} ${seconds} +0000`,
    `committer ${AUTHOR} ${seconds} +0000`,
    '',
    message.replaceAll('\0', '').trimEnd(),
    '',
  ];
  return objectOf('commit', Buffer.from(lines.join('\n'), 'utf8'));
}
