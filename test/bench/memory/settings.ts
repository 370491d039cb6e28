import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';

export const MEMORY_PARTS = ['locomo', 'longmemeval', 'cranfield', 'beliefs', 'languages', 'scale', 'way-in'] as const;
export type MemoryPart = (typeof MEMORY_PARTS)[number];

/** The options of `npm run bench:memory -- …`. */
export interface MemorySettings {
  parts: readonly MemoryPart[];
  /** A file in the format of a data set, or undefined. */
  file: string | undefined;
  folder: string;
  /** The most questions per conversation. */
  questions: number;
  /** The facts of the large tenant; the table has ten times as many. */
  facts: number;
  json: boolean;
}

const Options = z.strictObject({
  only: z.enum(MEMORY_PARTS).optional(),
  data: z.string().min(1).optional(),
  questions: z.coerce.number().int().min(1).default(100_000),
  facts: z.coerce.number().int().min(1_000).max(1_000_000).default(100_000),
  json: z.boolean().default(false),
});

/** Parses the options. @throws Error with the invalid option or the missing path */
export function readMemorySettings(args: readonly string[]): MemorySettings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      data: { type: 'string' },
      questions: { type: 'string' },
      facts: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const parsed = Options.safeParse(values);
  if (!parsed.success) throw new Error(`--${z.prettifyError(parsed.error)}`);
  const { only, data, ...rest } = parsed.data;
  if (data !== undefined && !existsSync(data)) throw new Error(`--data: there is nothing at ${data}`);
  const isFolder = data !== undefined && statSync(data).isDirectory();
  return {
    ...rest,
    parts: only === undefined ? MEMORY_PARTS : [only],
    file: isFolder ? undefined : data,
    folder: isFolder ? data : (process.env.MEMORY_BENCH_DATA ?? '.'),
  };
}

/** Returns the path of a data set's file. Prints a line and returns undefined when it does not exist. */
export function fileOf(folder: string, ...path: string[]): string | undefined {
  const file = join(folder, ...path);
  if (existsSync(file)) return file;
  console.error(
    `Not measured: there is no ${file}. The data is not part of the project; Name a file or a folder of it with --data, or the folder with MEMORY_BENCH_DATA.`,
  );
  return undefined;
}
