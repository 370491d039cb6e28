import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type ExtractedFact, LONGEST_PART, MOST_FACTS, type SessionMaterial } from '../entities/session.ts';
import { environment } from '../platform/environment.ts';
import { type Model, ModelError, type ModelRequest, type ModelTurn } from '../platform/models/model.ts';
import { jsonText } from '../platform/models/parse-json.ts';
import { showAsData, showOnOneLine } from '../platform/models/show-as-data.ts';
import { buyTurn } from '../usage/buy-turn.ts';
import type { Payer } from '../usage/meter.ts';
import { Category } from './memory.ts';

export interface Extraction {
  model: Model;
  material: SessionMaterial;
  /** The day that "today" means in the material. */
  today: string;
  signal: AbortSignal;
  payer: Payer;
  /** Unique for each time that the session is read; each call adds its name. */
  reference: string;
}

/**
 * Lets the model find the facts of a session. The person's task and the workers' reports are read in two calls that know nothing of each other:
 * so what a report says, however it says it, can never come back as a person's word.
 * @throws OverBudget when a budget does not cover the next call; ModelError when the model fails or does not answer as asked; the signal's reason when aborted
 */
export async function extractByModel(extraction: Extraction): Promise<ExtractedFact[]> {
  const { task, reports } = extraction.material;
  const fromTask = task.trim() === '' ? [] : await readTask(extraction, task);
  const spoken = reports.filter(({ text }) => text.trim() !== '');
  const fromReports = spoken.length === 0 ? [] : await readReports(extraction, spoken);
  return [...fromTask.slice(0, MOST_FACTS / 2), ...fromReports].slice(0, MOST_FACTS);
}

async function readTask(extraction: Extraction, task: string): Promise<ExtractedFact[]> {
  const facts = await ask(extraction, 'task', {
    schema: FactsOfTask,
    scopes:
      'The data is what a person asked for. `scope` is `tenant` for what holds for the whole team and its projects, `user` for what is about this person alone. What shall be built now is not a fact.',
    data: `<task>\n${showAsData(task.slice(0, LONGEST_PART))}\n</task>`,
  });
  return facts.map((fact) => ({ origin: 'task', ...fact }));
}

async function readReports(extraction: Extraction, reports: SessionMaterial['reports']): Promise<ExtractedFact[]> {
  const facts = await ask(extraction, 'reports', {
    schema: FactsOfReports,
    scopes:
      'The data is what workers reported. `worker` is the name of the worker whose report says it. `scope` is `sprint` for what holds for this piece of work, `worker` for what the worker should know in other work as well.',
    data: reports
      .map(
        ({ worker, text }) =>
          `<report worker="${showOnOneLine(worker)}">\n${showAsData(text.slice(0, LONGEST_PART))}\n</report>`,
      )
      .join('\n'),
  });
  const workers = new Set(reports.map(({ worker }) => worker));
  // A worker whom the model made up has no report to be the source.
  return facts.filter((fact) => workers.has(fact.worker)).map((fact) => ({ origin: 'report', ...fact }));
}

const Sentence = z.string().trim().min(1).max(1000);
const FactsOfTask = z.object({
  facts: z.array(z.object({ scope: z.enum(['tenant', 'user']), category: Category, text: Sentence })),
});
const FactsOfReports = z.object({
  facts: z.array(
    z.object({ scope: z.enum(['sprint', 'worker']), worker: z.string(), category: Category, text: Sentence }),
  ),
});

/** Twenty facts of a sentence each fit easily; thinking counts as output, too. */
const MOST_OUTPUT_TOKENS = 8000;

async function ask<Fact>(
  { model, material, today, signal, payer, reference }: Extraction,
  part: string,
  question: { schema: z.ZodType<{ facts: Fact[] }>; scopes: string; data: string },
): Promise<Fact[]> {
  const request: ModelRequest = {
    model: material.model.model,
    system: (await prompt())
      .replace('{today}', today)
      .replace('{most}', String(MOST_FACTS))
      .replace('{scopes}', question.scopes),
    messages: [{ role: 'user', text: question.data }],
    tools: [],
    maxOutputTokens: MOST_OUTPUT_TOKENS,
    responseSchema: z.toJSONSchema(question.schema, { io: 'input' }),
  };
  const turn = await buyTurn({
    payer,
    kind: 'extraction',
    reference: `${reference} ${part}`,
    choice: material.model,
    call: { model, request, signal, timeoutMs: environment.MODEL_TIMEOUT_SECONDS * 1000 },
  });
  return parseFacts(turn, question.schema);
}

function parseFacts<Fact>(turn: ModelTurn, schema: z.ZodType<{ facts: Fact[] }>): Fact[] {
  // Servers that do not know response schemas like to put JSON into a fence.
  const text = turn.text
    .trim()
    .replace(/^```(?:json)?\s/, '')
    .replace(/```$/, '');
  const parsed = jsonText(schema).safeParse(text);
  if (parsed.success) return parsed.data.facts;
  throw new ModelError('invalid_answer', 'The model did not answer with facts of the given schema');
}

let promptText: Promise<string> | undefined;

/** Read from beside this file; the build copies it into the compiled tree. */
function prompt(): Promise<string> {
  promptText ??= readFile(new URL('./extract.md', import.meta.url), 'utf8');
  return promptText;
}
