import { GIT_LIMITS, type GitLimits } from '../../platform/git/run-git.ts';

/** The size that a memory and its linked repository may have together. */
export interface SyncLimits {
  /** Of all objects, uncompressed. */
  bytes: number;
  objects: number;
  /** For each call of git. */
  seconds: number;
}

export const SYNC_LIMITS: SyncLimits = { bytes: 100 * 1024 * 1024, objects: 100_000, seconds: GIT_LIMITS.seconds };

/** A pack is never larger than its uncompressed objects may be. */
export function gitLimitsOf({ bytes, seconds }: SyncLimits): GitLimits {
  return { ...GIT_LIMITS, seconds, fileBytes: bytes };
}

/** The memory and the linked repository exceed the limits. */
export class TooLarge extends Error {
  constructor({ bytes, objects }: SyncLimits) {
    super(
      `The memory and the repository exceed the limit of ${Math.round(bytes / 1024 / 1024)} MB in ${objects} objects.`,
    );
    this.name = 'TooLarge';
  }
}

/** The linked repository contains something that is not accepted into a memory; `reasons` are shown to the user. */
export class Refused extends Error {
  readonly reasons: string[];

  constructor(reasons: string[]) {
    super('The repository contains files that a memory does not accept');
    this.name = 'Refused';
    this.reasons = reasons;
  }
}
