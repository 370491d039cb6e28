import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A doc comment in front of an exported constant. Groups: the comment's text, the constant, the function it calls. */
const DOCUMENTED = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export const (\w+) =\s*(?:(\w+)\()?/g;
const DECLARING = ['endpoint', 'declareFunction'];
/** What a comment says to readers of the source: a file, a function in camelCase, a link. */
const ASIDE = / \((?:see )?(?:`[\w./-]+\.ts`|`[a-z]+[A-Z]\w*`|\{@link \w+\})\)/g;

/**
 * Returns what the doc comment of an endpoint says, as Markdown, for the operation's description: what is guaranteed,
 * who may call it, and which errors have which cause. Undefined for a file without a comment. An endpoint that another
 * file declares, such as `downloadOf('run')`, has the comment of that file.
 */
export function describeEndpoint(path: string): string | undefined {
  const source = readFileSync(path, 'utf8');
  const own = [...source.matchAll(DOCUMENTED)].find(([, , , called = '']) => DECLARING.includes(called))?.[1];
  if (own !== undefined) return textOf(own);
  const [, factory] = /export const \w+ = (\w+)\(/.exec(source) ?? [];
  const [, from] = new RegExp(`import \\{ ${factory} \\} from '(\\.[^']+)'`).exec(source) ?? [];
  if (factory === undefined || from === undefined) return undefined;
  const declaring = readFileSync(join(dirname(path), from), 'utf8');
  const comment = [...declaring.matchAll(DOCUMENTED)].find(([, , name]) => name === factory)?.[1];
  return comment === undefined ? undefined : textOf(comment);
}

/** Joins the lines of each paragraph and leaves out tags such as `@throws`. */
function textOf(comment: string): string {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*? ?/, '').trim());
  const end = lines.findIndex((line) => line.startsWith('@'));
  return lines
    .slice(0, end === -1 ? undefined : end)
    .join('\n')
    .trim()
    .replace(/\n(?!\n|- )(?<!\n\n)/g, ' ')
    .replace(ASIDE, '')
    .replace(/^Declares: (.)/, (_, letter: string) => letter.toUpperCase());
}
