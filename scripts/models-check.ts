import { parseArgs } from 'node:util';
import { environment } from '../functions/platform/environment.ts';
import { type Model, ModelChoice } from '../functions/platform/models/model.ts';
import { openProvider } from '../functions/platform/models/open-model.ts';
import { askWith, type Finding, PROBES } from './model-probes.ts';

/**
 * `npm run models:check -- --provider openai --model qwen3:8b --base-url http://localhost:11434/v1` asks a real model a
 * dozen short questions through the product's own providers, and prints what works. The key comes from the environment.
 * It exits with 1 when something is missing that workers need.
 */

const USAGE =
  'npm run models:check -- --provider gemini|claude|openai|qwen --model <name> [--base-url <url>] [--timeout <seconds>]';

/** Runs the probes one after the other, and returns what each found. A failed call is a finding. */
export async function checkModel(
  model: Model,
  name: string,
  timeoutMs: number,
): Promise<(Finding & { name: string })[]> {
  const ask = askWith(model, name, timeoutMs);
  const findings: (Finding & { name: string })[] = [];
  for (const probe of PROBES) {
    const finding = await probe.run(ask).catch((error: unknown): Finding => ({ works: false, seen: String(error) }));
    findings.push({ name: probe.name, ...finding });
  }
  return findings;
}

/** Returns the findings as a table, and what the server taught. */
export function report(model: Model, name: string, findings: readonly (Finding & { name: string })[]): string {
  const lines = findings.map(
    ({ name: probe, works, seen }) => `  ${works ? 'yes' : 'NO '}  ${probe.padEnd(28)}${seen}`,
  );
  const prepared = model.prepare?.({ model: name, system: '', messages: [], tools: [], maxOutputTokens: 16_384 });
  return [
    `${model.provider}/${name}`,
    ...lines,
    `  A turn may have ${prepared?.maxOutputTokens} output tokens. What the server refused is in the log lines above.`,
  ].join('\n');
}

/** Returns whether everything works that workers need. */
export function isUsable(findings: readonly (Finding & { name: string })[]): boolean {
  return PROBES.every(
    ({ name, isNeeded }) => !isNeeded || findings.some((found) => found.name === name && found.works),
  );
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: {
      provider: { type: 'string' },
      model: { type: 'string' },
      'base-url': { type: 'string' },
      timeout: { type: 'string', default: '120' },
    },
  });
  const choice = ModelChoice.safeParse({ provider: values.provider, model: values.model });
  const seconds = Number(values.timeout);
  if (!choice.success || choice.data.provider === 'rehearsal' || !(seconds > 0)) throw new Error(`Usage: ${USAGE}`);
  const { provider, model: name } = choice.data;
  const model = await openProvider(provider, withUrl(provider, values['base-url']));
  const findings = await checkModel(model, name, seconds * 1000);
  console.log(report(model, name, findings));
  if (!isUsable(findings)) process.exitCode = 1;
}

function withUrl(provider: ModelChoice['provider'], url: string | undefined): typeof environment {
  if (url === undefined) return environment;
  const variables = { gemini: 'GOOGLE_GEMINI_BASE_URL', claude: 'ANTHROPIC_BASE_URL', qwen: 'QWEN_BASE_URL' } as const;
  const name = provider === 'openai' || provider === 'rehearsal' ? 'OPENAI_BASE_URL' : variables[provider];
  return { ...environment, [name]: url };
}

if (import.meta.main) {
  run().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
