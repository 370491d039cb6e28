/** One version of a file. */
export interface Version {
  blobId: string;
  text: string;
}

/** The versions of files along a branch, each from the position of the commit that brought it. */
export class FileVersions {
  readonly #versions = new Map<string, { position: number; version: Version | undefined }[]>();

  /** Positions of a path come in their order; undefined says that the file is not there from then on. */
  put(position: number, path: string, version: Version | undefined): void {
    const all = this.#versions.get(path);
    if (all === undefined) this.#versions.set(path, [{ position, version }]);
    else all.push({ position, version });
  }

  /** Whether any version of the file is known. */
  has(path: string): boolean {
    return this.#versions.has(path);
  }

  /** The file as it was when the commit of a position was the newest. */
  at(position: number, path: string): Version | undefined {
    return this.#versions.get(path)?.findLast((known) => known.position <= position)?.version;
  }
}
