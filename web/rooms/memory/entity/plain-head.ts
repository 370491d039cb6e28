import { text } from '../../../text/memory.ts';

const FIELD = /^([\w-]+):\s*(.*)$/;

/**
 * Returns the head of an entity file in words, a line for each field: "Name: Leo", "Also called: L., Leonid". Empty
 * fields, the marks around the fields and a title that repeats the name are left out; all else is kept. Pure.
 */
export function plainHead(source: string): string {
  const lines = source.trim().split('\n');
  const end = lines[0]?.trim() === '---' ? lines.findIndex((line, at) => at > 0 && /^(---|\.\.\.)\s*$/.test(line)) : -1;
  if (end < 0) return source.trim();
  const fields: { field: string; values: string[] }[] = [];
  for (const line of lines.slice(1, end)) {
    const [, field, value = ''] = FIELD.exec(line) ?? [];
    if (field !== undefined) fields.push({ field, values: valuesOf(value) });
    else fields.at(-1)?.values.push(...valuesOf(line.replace(/^\s*-\s*/, '')));
  }
  const name = fields.find(({ field }) => field === 'name')?.values[0];
  const rest = lines
    .slice(end + 1)
    .join('\n')
    .trim();
  const shown = fields.filter(({ values }) => values.length > 0);
  return [
    ...shown.map(({ field, values }) => `${text.entities.fields[field] ?? field}: ${values.join(', ')}`),
    ...(rest === '' || rest === `# ${name}` ? [] : [rest]),
  ].join('\n');
}

/** Returns the values of `Leo`, `"Leo"` and `[L., Leonid]`. */
function valuesOf(value: string): string[] {
  const list = /^\[(.*)\]$/.exec(value.trim())?.[1]?.split(',') ?? [value];
  return list.map((one) => one.trim().replace(/^(["'])(.*)\1$/, '$2')).filter((one) => one !== '');
}
