import { cutText } from '../../platform/cut-text.ts';
import { writeExactly } from './exact-json.ts';

/** Thrown for a text that is not YAML. The message is written for a model. */
export class YamlFault extends Error {}

/** The library needs 0.3 s for this many characters of short tags or keys. It looks for equal keys pair by pair. */
const MOST_CHARACTERS = 20_000;
/** Of the value as JSON. The library needs 0.2 s to write it when its members are short. */
const MOST_WRITTEN = 100_000;
/** An alias stands for a value that is written elsewhere, so a short text can become a large value. */
const MOST_ALIASES = 100;

/** Parses one YAML 1.2 document, without any type but those of JSON. @throws YamlFault */
export async function readYaml(text: string): Promise<unknown> {
  if (text.length > MOST_CHARACTERS) throw new YamlFault(`it has more than ${MOST_CHARACTERS} characters`);
  const { parseDocument } = await import('yaml');
  try {
    const document = parseDocument(text, { schema: 'core', intAsBigInt: false, logLevel: 'silent' });
    const [first] = [...document.errors, ...document.warnings];
    if (first !== undefined) throw first;
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    throw faultOf(error);
  }
}

/** Writes a value as YAML. @throws YamlFault for a value that is too large or nested too deeply */
export async function writeYaml(value: unknown): Promise<string> {
  if (writeExactly(value, 0).length > MOST_WRITTEN) throw new YamlFault('it is too large to be written as YAML');
  const { stringify } = await import('yaml');
  try {
    return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 });
  } catch (error) {
    throw faultOf(error);
  }
}

/** The library throws errors of its own, a ReferenceError for too many aliases and a RangeError for deep nesting. */
function faultOf(error: unknown): YamlFault {
  const [firstLine = ''] = (error instanceof Error ? error.message : '').split('\n');
  return new YamlFault(cutText(firstLine.replace(/:$/, ''), 200));
}
