/** Options for every fetch: it brings only the requested objects, no tags and no submodules. */
export const FETCH_OPTIONS = [
  '--quiet',
  '--no-tags',
  '--no-recurse-submodules',
  '--no-write-fetch-head',
  '--no-auto-maintenance',
] as const;
