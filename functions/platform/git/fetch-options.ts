/** A fetch brings what it was asked for, and nothing that a remote would like to come along. */
export const FETCH_OPTIONS = [
  '--quiet',
  '--no-tags',
  '--no-recurse-submodules',
  '--no-write-fetch-head',
  '--no-auto-maintenance',
] as const;
