import { z } from 'zod';

/** The contract of the place where an agent's small programs run, and what every interpreter answers. */

export const Language = z.enum(['python', 'javascript']);
export type Language = z.infer<typeof Language>;

export const CodeRequest = z.strictObject({
  language: Language,
  code: z.string().min(1).max(100_000),
  /** The program's variable `input`. */
  input: z.string().max(1_000_000).default(''),
  timeout_seconds: z.number().positive().max(30).default(10),
});
export type CodeRequest = z.infer<typeof CodeRequest>;

/** How the interpreter itself says that a program ended; how a killed one ended, the parent knows. */
export const CodeEnd = z.discriminatedUnion('status', [
  /** `value` is the last expression's, as the language writes it; null where there is none. */
  z.strictObject({ status: z.literal('completed'), value: z.string().nullable() }),
  /** The program is wrong or raised what nobody caught. */
  z.strictObject({ status: z.literal('failed'), error: z.string() }),
  z.strictObject({ status: z.literal('timed_out') }),
  z.strictObject({ status: z.literal('limit_exceeded'), limit: z.enum(['memory', 'output']) }),
  /** Nothing ran. */
  z.strictObject({ status: z.literal('unavailable'), reason: z.string() }),
]);
export type CodeEnd = z.infer<typeof CodeEnd>;

export const CodeResult = z.strictObject({
  end: CodeEnd,
  /** What it printed, to standard output and error alike, control characters escaped. */
  output: z.string(),
  output_truncated: z.boolean(),
  duration_ms: z.number().nonnegative(),
});
export type CodeResult = z.infer<typeof CodeResult>;

/** A program in an interpreter that is loaded: runs to the end on this thread, or until a limit stops it. */
export type Interpreter = (request: CodeRequest, print: (text: string) => void) => CodeEnd;
