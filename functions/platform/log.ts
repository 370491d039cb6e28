import type { Logger } from 'winston';
import { environment } from './environment.ts';
import { isRandomText } from './secrets/random-text.ts';

type Severity = 'debug' | 'info' | 'warning' | 'error';

export interface LogFields {
  request_id?: string;
  trace?: string;
  tenant_id?: string;
  run_id?: string;
  function?: string;
  error?: unknown;
  [field: string]: unknown;
}

type Line = { severity: Severity; message: string } & LogFields;

const RANK: Record<Severity, number> = { debug: 0, info: 1, warning: 2, error: 3 };
const WINSTON_LEVEL: Record<Severity, string> = { debug: 'debug', info: 'info', warning: 'warn', error: 'error' };
const watchers = new Set<(line: Line) => void>();
let logger: Promise<Logger> | undefined;

/**
 * Writes one JSON line to standard output, in the format of Cloud Logging (severity, trace, labels). It never throws
 * and never waits. Winston and Google's transport are loaded with the first line, because loading them takes longer
 * than the start of a function.
 *
 * Never log a secret, a prompt or a file's text. {@link redact} masks text that looks like a credential in any case.
 */
export function log(severity: Severity, message: string, fields: LogFields = {}): void {
  const line: Line = { severity, message: redact(message), ...describeFields(fields) };
  for (const watch of watchers) watch(line);
  if (RANK[severity] < RANK[environment.LOG_LEVEL]) return;
  logger ??= openLogger();
  logger.then(
    (winston) => winston.log({ level: WINSTON_LEVEL[severity], ...line }),
    () => process.stdout.write(`${JSON.stringify(line)}\n`),
  );
}

/** Writes a line for metrics. In the cloud it has severity info; on a laptop, which has no metrics, debug. */
export function logMeasures(message: string, measures: Record<string, number>): void {
  log(environment.isCloud ? 'info' : 'debug', message, measures);
}

/**
 * Calls `watch` for every line of any level, until the returned function is called. Tests use it to fail on unexpected
 * error lines.
 */
export function watchLog(watch: (line: Line) => void): () => void {
  watchers.add(watch);
  return () => watchers.delete(watch);
}

/** Masks text that looks like a credential, and passwords in URLs. */
export function redact(text: string): string {
  return redactKeys(text).replace(PASSWORD_IN_URL, '$1…@');
}

/**
 * The password of a URL. Every quantifier is bounded, because callers choose the text: a long scan that fails would be
 * repeated from each following character.
 */
export const PASSWORD_IN_URL = /(:\/\/[^\s:/@]{1,256}:)([^\s@]{1,400})@/g;

/** Masks provider keys, bearer tokens and JSON Web Tokens. Words behind `sk-` and `Bearer` stay. */
export function redactKeys(text: string): string {
  const unlessWords = (match: string, kept: string) => (isRandomText(match) ? `${kept}…` : match);
  return text
    .replace(/\b(AIza[\w-]{10})[\w-]{20,}/g, '$1…')
    .replace(/\b(sk-[\w-]{2,6})[\w-]{10,}/g, unlessWords)
    .replace(/\b(apx_[a-z]{1,20}_[0-9A-Za-z]{6})[0-9A-Za-z_]{10,}/g, '$1…')
    .replace(/\beyJ[\w-]{8,1000}\.[\w-]{8,}\.[\w-]*/g, 'eyJ…')
    .replace(/\b([Bb]earer\s+)[\w.~+/=-]{12,}/g, unlessWords);
}

function describeFields(fields: LogFields): LogFields {
  const { error, ...rest } = fields;
  if (error === undefined) return rest;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const cause = error instanceof Error && error.cause instanceof Error ? ` caused by ${error.cause.message}` : '';
  return { ...rest, error: redact(stack + cause) };
}

async function openLogger(): Promise<Logger> {
  const { default: winston } = await import('winston');
  if (environment.isCloud) {
    const { LoggingWinston } = await import('@google-cloud/logging-winston');
    return winston.createLogger({ level: 'debug', transports: [new LoggingWinston({ redirectToStdout: true })] });
  }
  return winston.createLogger({
    level: 'debug',
    format: winston.format.json(),
    transports: [new winston.transports.Console()],
  });
}
