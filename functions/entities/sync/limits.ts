import { GIT_LIMITS, type GitLimits } from '../../platform/git/run-git.ts';

/** How much a memory and the repository that it is linked with may be together. */
export interface SyncLimits {
  /** Of all objects, as they are unpacked. */
  bytes: number;
  objects: number;
  /** For each call of git. */
  seconds: number;
}

export const SYNC_LIMITS: SyncLimits = { bytes: 100 * 1024 * 1024, objects: 100_000, seconds: GIT_LIMITS.seconds };

/** A pack is never larger than what it unpacks to may be. */
export function gitLimitsOf({ bytes, seconds }: SyncLimits): GitLimits {
  return { ...GIT_LIMITS, seconds, fileBytes: bytes };
}

/** There is more than may be taken in. */
export class TooLarge extends Error {
  constructor({ bytes, objects }: SyncLimits) {
    super(
      `The memory and the repository together may have ${Math.round(bytes / 1024 / 1024)} MB in ${objects} objects.`,
    );
    this.name = 'TooLarge';
  }
}

/** Something in the repository that is not taken into a memory; what it is, for its person. */
export class Refused extends Error {
  readonly reasons: string[];

  constructor(reasons: string[]) {
    super('The repository holds what is not taken into a memory');
    this.name = 'Refused';
    this.reasons = reasons;
  }
}
