import { z } from 'zod';
import { textArgument } from '../text-argument.ts';
import { answer, failure, tool } from '../tool.ts';
import { readCsv, TableFault, writeCsv } from './csv-table.ts';
import { asExactAsPossible, JsonFault, parseExactly, writeExactly } from './exact-json.ts';
import { readYaml, writeYaml, YamlFault } from './yaml-text.ts';

const Format = z.enum(['json', 'csv', 'yaml']);

/** Converts data between JSON, CSV and YAML, and reports what it found, so that no row is lost silently. */
export const convertData = tool({
  name: 'convert_data',
  description:
    'Converts data between json, csv and yaml, and reports rows, columns and faulty rows in the first line of its answer. CSV has a header line; its delimiter (comma, semicolon, tab or |) is found. A list of objects becomes a table; a value that is itself a list or an object is written as JSON in its cell. YAML may have 20,000 characters.',
  parameters: z.strictObject({
    data: textArgument('The data to convert'),
    from: Format,
    to: Format,
    read_numbers: z.boolean().default(false).meta({
      description: 'CSV: read 12.5, true and false as values. Otherwise all cells are texts. 007 always stays a text.',
    }),
  }),
  safeToRepeat: true,
  execute: async ({ data, from, to, read_numbers }) => {
    try {
      const { value, report } = await read(from, data, read_numbers);
      const written = await write(to, value);
      return answer(`${report ?? written.report ?? `Converted ${from} to ${to}.`}\n\n${written.text}`);
    } catch (error) {
      if (error instanceof JsonFault || error instanceof TableFault || error instanceof YamlFault)
        return failure(`The data cannot be converted from ${from} to ${to}: ${error.message}.`);
      throw error;
    }
  },
});

type Format = z.output<typeof Format>;

async function read(from: Format, data: string, readNumbers: boolean): Promise<{ value: unknown; report?: string }> {
  if (from === 'csv') return readCsv(data, readNumbers);
  return { value: from === 'json' ? parseExactly(data, asExactAsPossible) : await readYaml(data) };
}

async function write(to: Format, value: unknown): Promise<{ text: string; report?: string }> {
  if (to === 'csv') return writeCsv(value);
  return { text: to === 'json' ? writeExactly(value, 2) : await writeYaml(value) };
}
