import { describe, expect, test } from 'vitest';
import { buildPatterns, type CodePattern, findPatterns } from './code-patterns.ts';
import { worstInputs } from './worst-inputs.ts';

/**
 * Times every regular expression of `functions/` on the worst inputs that are found for it, up to the length that it
 * may read. A pattern with quadratic work reads 64 KB in a second or more, a pattern with linear work in a millisecond.
 */

/** Length of the longest text that a pattern is expected to read, unless {@link CAPS} has a smaller one: a file. */
const DEFAULT_CAP = 65_536;
/** Longest CPU time for a text of that length. */
const MOST_MS = 50;
/** Shorter texts show which patterns to measure, and end the search early for exponential work. */
const PROBES = [25, 200, 4_000];
const SUSPICIOUS_MS = 1;

/** Patterns that may be slow, because the code that uses them reads less. `begins` is the beginning of the pattern. */
const CAPS: readonly { file: string; begins: string; cap: number; because: string }[] = [
  {
    file: 'entities/ingest/forms/line-forms.ts',
    begins: '^([^:：\\n<>[\\]|]{1,80}?)( {2,}|',
    cap: 200,
    because: 'LONGEST_HEAD of line-head.ts',
  },
];

/** Places that build a pattern while a request runs, with a pattern that they build. */
const BUILT_LATER: Record<string, RegExp> = {
  'entities/withdrawal/rewrite-branch.ts': /(?<![\w/])0123456789ab(?![\w/])/g,
  'memory/preferences/read-foreign-wish.ts': /^(?:english|anglais)$/,
  // hostile-patterns.server.test.ts measures every route.
  'platform/http/route.ts': /^\/api\/v1\/runs\/(?<id>[^/]+)\/files\/(?<path>.+)$/,
  'platform/language/read-question.ts': /\bjanuary\b/,
  'platform/process/temporary-folder.ts': /^apexflow-(\d+)-/,
  'platform/secrets/mask-stream.ts': /AIza9fK2xQ7vLw3T|AFM-0123456789abcdef0123/,
  'runs/prompt-text.ts': /<(?=\s*\/\s*memory)/gi,
  'tools/sandbox/bubblewrap/watchdog.ts': /^VmRSS:\s+(\d+)/m,
};

const { literals, built } = findPatterns();
const loaded = buildPatterns([...new Set(built.map(({ file }) => file))]);
const isLoaded = ({ file, line }: { file: string; line: number }) =>
  loaded.some((pattern) => pattern.file === file && pattern.line === line);
const later = built.filter((place) => !isLoaded(place));
const patterns = [
  ...literals,
  ...loaded,
  ...later.flatMap(({ file, line }) => (BUILT_LATER[file] ? [{ file, line, pattern: BUILT_LATER[file] }] : [])),
];

describe('every regular expression of the product', () => {
  test('is found', () => {
    expect(literals.length).toBeGreaterThan(500);
    expect([...new Set(later.map(({ file }) => file))].sort()).toEqual(Object.keys(BUILT_LATER).sort());
    for (const { file, begins } of CAPS) {
      const matching = patterns.filter(({ file: of, pattern }) => of === file && pattern.source.startsWith(begins));
      expect(matching.length, `patterns of ${file} that begin with ${begins}`).toBe(1);
    }
  });

  test('reads its worst input in less than 50 ms', () => {
    const slow = patterns.flatMap((found) => slownessOf(found) ?? []);
    expect(slow).toEqual([]);
    // About 600,000 texts take 15 s, and longer on a busy machine.
  }, 300_000);

  test.each([
    ['exponential', /^(a+)+$/],
    ['quadratic at the end', /[.!]+$/],
    ['quadratic in an address', /^[^\s@]+@[^\s@]+\.[^\s@]+(?= |$)/],
    ['quadratic before a character', /\S+@\S+/g],
  ])('is reported when its work is %s', (_kind, pattern) => {
    // Half of the length: a quarter of the time of slow work.
    expect(slownessOf({ file: 'a.ts', line: 1, pattern }, 32_768)).toMatch(/^a\.ts:1 takes /);
  });

  test.each([[/(?<![.!])[.!]+$/], [/^[a-z]+(?:-[a-z]+)*$/], [/\bhttps?:\/\/[^\s<>]{1,2000}/g]])(
    'is not reported when its work is linear: %s',
    (pattern) => {
      expect(slownessOf({ file: 'a.ts', line: 1, pattern })).toBeUndefined();
    },
  );
});

/** Returns a sentence about a slow input of a pattern, or undefined when it reads every input fast enough. */
function slownessOf({ file, line, pattern }: CodePattern, most = DEFAULT_CAP): string | undefined {
  const declared = CAPS.find((cap) => cap.file === file && pattern.source.startsWith(cap.begins));
  const cap = declared?.cap ?? most;
  let makers = worstInputs(pattern);
  for (const length of [...PROBES.filter((probe) => probe < cap), cap]) {
    const suspicious = [];
    for (const make of makers) {
      const text = make(length);
      const ms = leastTime(pattern, text);
      if (ms > MOST_MS)
        return `${file}:${line} takes ${Math.round(ms)} ms for ${length} characters: ${JSON.stringify(text.slice(0, 40))}`;
      if (ms > SUSPICIOUS_MS) suspicious.push(make);
    }
    // Only what was suspicious in the last probe is read at full length: linear work on 4,000 characters is shorter.
    if (length === PROBES.at(-1)) makers = suspicious;
  }
  return undefined;
}

/** Measures again when the first time is too long: other programs and garbage collections only add time. */
function leastTime(pattern: RegExp, text: string): number {
  let least = timeOf(pattern, text);
  for (let round = 1; round < 8 && least > MOST_MS && least < 1_000; round += 1)
    least = Math.min(least, timeOf(pattern, text));
  return least;
}

function timeOf(pattern: RegExp, text: string): number {
  pattern.lastIndex = 0;
  const before = process.cpuUsage();
  if (pattern.global) text.replace(pattern, '');
  else pattern.test(text);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}
