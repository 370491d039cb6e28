/** The fields of an output that git ends with NUL each (`-z`), as bytes: a name need not be text. */
export function splitAtNul(output: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let start = 0, end = output.indexOf(0); end >= 0; start = end + 1, end = output.indexOf(0, start))
    parts.push(output.subarray(start, end));
  return parts;
}
