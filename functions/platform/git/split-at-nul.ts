/**
 * Splits the output of a command with `-z` into its NUL-terminated fields, as bytes: a file name need not be valid
 * text.
 */
export function splitAtNul(output: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let start = 0, end = output.indexOf(0); end >= 0; start = end + 1, end = output.indexOf(0, start))
    parts.push(output.subarray(start, end));
  return parts;
}
