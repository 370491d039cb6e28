import { isUtf8 } from 'node:buffer';
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

/** The text of a blob; undefined where it is none: bytes that are not UTF-8, or hold a NUL. */
export function textOf(content: Buffer): string | undefined {
  return isUtf8(content) && !content.includes(0) ? content.toString('utf8') : undefined;
}

/** Plain files are all that a memory holds; whether they may be run is the writer's own affair, and kept. */
export type FileMode = '100644' | '100755';
export const PLAIN: FileMode = '100644';

export function isFileMode(mode: string): mode is FileMode {
  return mode === PLAIN || mode === '100755';
}

/** A file of a tree: the id of its blob, and its mode. */
export interface TreeFile {
  id: string;
  mode: FileMode;
}

export interface TreeEntry {
  name: string;
  /** As git writes it: `40000` for a folder. */
  mode: string;
  id: string;
}

export const FOLDER = '40000';

/** A tree's entries stand in the order of their bytes, where a folder counts as if a slash followed its name. */
export function treeOf(entries: readonly TreeEntry[]): GitObject {
  const keyed = entries.map((entry) => ({ entry, key: Buffer.from(entry.name + (entry.mode === FOLDER ? '/' : '')) }));
  keyed.sort((one, other) => Buffer.compare(one.key, other.key));
  const parts = keyed.flatMap(({ entry }) => [
    Buffer.from(`${entry.mode} ${entry.name}\0`),
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
    entries.push({ name: name.join(' '), mode, id: content.toString('hex', nul + 1, nul + 21) });
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
