import { z } from 'zod';

/** The contract of the service that runs an agent's small programs, and the results of an interpreter. */

export const Language = z.enum(['python', 'javascript']);
export type Language = z.infer<typeof Language>;

export const CodeRequest = z.strictObject({
  language: Language,
  code: z.string().min(1).max(100_000),
  /** The value of the program's variable `input`. */
  input: z.string().max(1_000_000).default(''),
  timeout_seconds: z.number().positive().max(30).default(10),
});
export type CodeRequest = z.infer<typeof CodeRequest>;

/** How a program ended, as the interpreter reports it. When the process was killed, its parent sets the reason. */
export const CodeEnd = z.discriminatedUnion('status', [
  /** `value` is the value of the last expression as the language writes it, or null if it has none. */
  z.strictObject({ status: z.literal('completed'), value: z.string().nullable() }),
  /** The program has a syntax error or raised an error that it did not catch. */
  z.strictObject({ status: z.literal('failed'), error: z.string() }),
  z.strictObject({ status: z.literal('timed_out') }),
  z.strictObject({ status: z.literal('limit_exceeded'), limit: z.enum(['memory', 'output']) }),
  /** Nothing ran. */
  z.strictObject({ status: z.literal('unavailable'), reason: z.string() }),
]);
export type CodeEnd = z.infer<typeof CodeEnd>;

export const CodeResult = z.strictObject({
  end: CodeEnd,
  /** The text printed to standard output and standard error, with control characters escaped. */
  output: z.string(),
  output_truncated: z.boolean(),
  duration_ms: z.number().nonnegative(),
});
export type CodeResult = z.infer<typeof CodeResult>;

/** A loaded interpreter. It runs a program on this thread until the program ends or a limit stops it. */
export type Interpreter = (request: CodeRequest, print: (text: string) => void) => CodeEnd;
