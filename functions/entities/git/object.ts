import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';

/**
 * Git objects as bytes with their ids, exactly as git writes them (git documentation, "Git Internals - Git Objects"):
 * the id is the SHA-1 of `<kind> <size>`, NUL and the content. `git fsck --strict` accepts what is written here.
 */

export type ObjectKind = 'blob' | 'tree' | 'commit';

export interface GitObject {
  id: string;
  kind: ObjectKind;
  content: Buffer;
}

/** Returns an object with its id. */
export function objectOf(kind: ObjectKind, content: Buffer): GitObject {
  const head = Buffer.from(`${kind} ${content.length}\0`);
  return { id: hash('sha1', Buffer.concat([head, content]), 'hex'), kind, content };
}

export function blobOf(text: string): GitObject {
  return objectOf('blob', Buffer.from(text, 'utf8'));
}

/** Returns the text of a blob; undefined when its bytes are not UTF-8 or contain a NUL. */
export function textOf(content: Buffer): string | undefined {
  return isUtf8(content) && !content.includes(0) ? content.toString('utf8') : undefined;
}

/**
 * A memory contains regular files only, no symlinks and no submodules. The executable bit is kept for files that come
 * from a linked repository.
 */
export type FileMode = '100644' | '100755';
export const PLAIN: FileMode = '100644';

export function isFileMode(mode: string): mode is FileMode {
  return mode === PLAIN || mode === '100755';
}

/** A file in a tree: the id of its blob, and its mode. */
export interface TreeFile {
  id: string;
  mode: FileMode;
}

interface TreeEntry {
  name: string;
  /** As in the tree object: `40000` for a folder. */
  mode: string;
  id: string;
}

export const FOLDER = '40000';

/**
 * Returns a tree object. Git sorts its entries by the bytes of their names, where a folder's name counts with a slash
 * at its end.
 */
export function treeOf(entries: readonly TreeEntry[]): GitObject {
  const keyed = entries.map((entry) => ({ entry, key: Buffer.from(entry.name + (entry.mode === FOLDER ? '/' : '')) }));
  keyed.sort((one, other) => Buffer.compare(one.key, other.key));
  const parts = keyed.flatMap(({ entry }) => [
    Buffer.from(`${entry.mode} ${entry.name}\0`),
    Buffer.from(entry.id, 'hex'),
  ]);
  return objectOf('tree', Buffer.concat(parts));
}

interface CommitText {
  treeId: string;
  parentIds: readonly string[];
  /** Whole seconds since 1970-01-01 UTC. */
  seconds: number;
  message: string;
}

/** The author of every commit. No address of a person is written into a history that can be exported. */
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
