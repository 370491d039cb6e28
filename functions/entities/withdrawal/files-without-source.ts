import { isIndexPath } from '../files/entity-index.ts';
import { isEntityPath } from '../files/ontology.ts';
import { indexText, linesOnlyIn, wordsOnlyIn } from './copied-words.ts';
import { FileVersions, type HistorySlice, type OriginalCommit, type Version } from './history-slice.ts';

/**
 * Holds each file of the branch in two forms: original, and replayed (as it would be without the source). The replay
 * adds the replayed versions, commit by commit. Index entries are left out, because they are derived from entity files.
 */
export class FilesWithoutSource {
  /** Files that differ from the original at one commit at least. A later commit can make them equal again. */
  readonly everAffected = new Set<string>();
  readonly #slice: HistorySlice;
  readonly #versions = new FileVersions();

  constructor(slice: HistorySlice) {
    this.#slice = slice;
  }

  /**
   * Returns the replayed file as of a position. A file that the replay has not written keeps its version from before
   * the first commit of the slice: commits of the source write nothing, and all other commits write through the replay.
   */
  at(position: number, path: string): Version | undefined {
    const { first } = this.#slice;
    return position >= first && this.#versions.has(path)
      ? this.#versions.at(position, path)
      : this.original(Math.min(position, first - 1), path);
  }

  /** Returns the original file, as of a position. */
  original(position: number, path: string): Version | undefined {
    return this.#slice.versions.at(position, path);
  }

  /** Tells whether the original and the replayed file are equal as of a position. */
  isSameAt(position: number, path: string): boolean {
    return position < this.#slice.first || this.at(position, path)?.blobId === this.original(position, path)?.blobId;
  }

  /** Writes a file of a replayed commit; undefined removes it. Returns false when the file already has this content. */
  write(position: number, path: string, version: Version | undefined): boolean {
    if (this.at(position, path)?.blobId === version?.blobId) return false;
    const before = this.#slice.first - 1;
    if (!this.#versions.has(path)) this.#versions.add(before, path, this.original(before, path));
    this.#versions.add(position, path, version);
    return true;
  }

  /** Ends a replayed commit: adds its files that differ from the original to `everAffected`. */
  endCommit({ position, blobIds }: OriginalCommit, written: Iterable<string>): void {
    for (const path of [...blobIds.keys(), ...written]) {
      if (!isIndexPath(path) && !this.isSameAt(position, path)) this.everAffected.add(path);
    }
  }

  /**
   * Returns the words, in lower case, that a reader of the original files at a position saw only because of the source.
   * @param shown the files whose contents the reader saw; undefined means all files. Of every other file the reader saw
   *   only the index: path, name and aliases.
   */
  removedWords(position: number, shown?: ReadonlySet<string>): Set<string> {
    const removed: string[] = [];
    const kept: string[] = [];
    for (const path of this.everAffected) {
      if (!isEntityPath(path) || this.isSameAt(position, path)) continue;
      const [before, after] = [this.original(position, path)?.text, this.at(position, path)?.text];
      const isShown = shown === undefined || shown.has(path);
      const seen = (text: string) => (isShown ? `${path}\n${text}` : indexText(path, text));
      if (before !== undefined) removed.push(linesOnlyIn(seen(before), after === undefined ? '' : seen(after)));
      if (after !== undefined) kept.push(seen(after));
    }
    if (removed.length === 0) return new Set();
    // The reader can also have a word from a file that the source never changed.
    for (const path of shown ?? []) if (!this.everAffected.has(path)) kept.push(this.at(position, path)?.text ?? '');
    return wordsOnlyIn(removed, kept);
  }
}
