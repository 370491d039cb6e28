/** Returns a line of a table: a name and aligned cells. */
export function rowOf(name: string, ...cells: string[]): string {
  return `  ${name.padEnd(44)}${cells.map((cell) => ` ${cell.padStart(19)}`).join('')}`;
}

/** Returns a line that says whether an aim is reached. */
export function verdict(name: string, ratio: number, aim: number, direction: 'at least' | 'at most'): string {
  const holds = direction === 'at least' ? ratio >= aim : ratio <= aim;
  return `  => ${name}: ${ratio} (aim: ${direction} ${aim}) ${holds ? 'reached' : 'NOT reached'}`;
}
