import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** A wrong field of a request, and what was expected there. */
export interface WrongField {
  path: string[];
  message: string;
}

/**
 * Returns the wrong fields of a part of a request. Zod reports a value that matches no branch of a union as "Invalid
 * input" and an invalid key as "Invalid key in record"; here the message always says what was expected, or that it is
 * missing. A union with a message of its own has that message, unless the value has only one fault in its closest
 * branch.
 */
export function explainIssues(issues: readonly Issue[], at: readonly string[] = []): WrongField[] {
  return issues.flatMap((issue) => explain(issue, [...at, ...issue.path.map(String)]));
}

const UNION_WITHOUT_MESSAGE = 'Invalid input';

function explain(issue: Issue, path: string[]): WrongField[] {
  if (issue.code === 'invalid_key')
    return explainIssues(issue.issues, path).map((found) => ({ ...found, message: `Invalid key: ${found.message}` }));
  if (issue.code === 'invalid_element') return explainIssues(issue.issues, path);
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ path, message: inWords(issue.message) }];
  const closest = closestBranch(issue.errors);
  const hasMessage = issue.message !== UNION_WITHOUT_MESSAGE;
  if (closest !== undefined && (closest.length === 1 || !hasMessage)) return explainIssues(closest, path);
  if (hasMessage) return [{ path, message: issue.message }];
  const expected = issue.errors.flatMap((branch) => branch.slice(0, 1).map(expectation));
  return [{ path, message: `expected ${[...new Set(expected)].join(' or ')}` }];
}

const BOUND = /^Too (?:small|big): expected \w+ to (have|be) ([<>]=?)(\S+)(?: (\w+))?$/;
const COMPARED: Record<string, string> = { '>=': 'at least', '>': 'more than', '<=': 'at most', '<': 'less than' };

/**
 * Says in plain words what Zod says in those of a programmer: bounds, and the values of JavaScript. A field that is not
 * there is undefined, a text that is no number NaN.
 */
function inWords(message: string): string {
  const [, verb, sign = '', bound, things] = BOUND.exec(message) ?? [];
  if (verb !== undefined) {
    const counted = bound === '1' ? things?.replace(/s$/, '') : things;
    return ['must', verb, COMPARED[sign], bound, counted].filter((word) => word !== undefined).join(' ');
  }
  if (/^Invalid input: expected .*, received undefined$/.test(message)) return 'is missing';
  return message.replace(/, received NaN$/, ', received a text');
}

/**
 * Returns the issues of the branch that the value was probably meant for: it has the branch's type, and fewer faults
 * than in every other branch. Undefined when no branch has its type, or when two are equally close.
 */
function closestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const entered = branches.filter((issues) => !issues.some(isAtRoot)).sort((one, other) => one.length - other.length);
  const [closest, next] = entered;
  return closest !== undefined && closest.length < (next?.length ?? Number.POSITIVE_INFINITY) ? closest : undefined;
}

/** An unknown key is reported at its object, which has the right type then. */
function isAtRoot({ path, code }: Issue): boolean {
  return path.length === 0 && code !== 'unrecognized_keys';
}

function expectation(issue: Issue): string {
  if (issue.code === 'invalid_type') return issue.expected;
  return issue.message.replace(/^Invalid \w+: (expected )?/, '');
}
