import { z } from 'zod';
import { type ExtractedFact, LONGEST_PART, MOST_FACTS, type SessionMaterial } from '../entities/session.ts';
import { cutText } from '../platform/cut-text.ts';
import { environment } from '../platform/environment.ts';
import { shownSchema } from '../platform/models/dialects/shown-schema.ts';
import { type Model, ModelError, type ModelRequest, type ModelTurn } from '../platform/models/model.ts';
import { jsonText, withoutFence } from '../platform/models/parse-json.ts';
import { readPrompt } from '../platform/models/read-prompt.ts';
import { showAsData, showOnOneLine } from '../platform/models/show-as-data.ts';
import { buyTurn } from '../usage/buy-turn.ts';
import type { Payer } from '../usage/meter.ts';
import { Category } from './memory.ts';

interface Extraction {
  model: Model;
  material: SessionMaterial;
  /** The day that "today" means in the session. */
  today: string;
  signal: AbortSignal;
  payer: Payer;
  /** Unique for each attempt to read the session; each call adds its part. */
  reference: string;
}

/**
 * Extracts the facts of a session with the model. The user's task and the workers' reports are read in two separate
 * calls, so that nothing in a report can become a fact that the user said.
 * @throws OverBudget when a budget does not cover the next call; ModelError when the model fails or its answer does not
 * match the schema; the signal's reason when aborted
 */
export async function extractByModel(extraction: Extraction): Promise<ExtractedFact[]> {
  const { task, reports } = extraction.material;
  const fromTask = task.trim() === '' ? [] : await readTask(extraction, task);
  const spoken = reports.filter(({ text }) => text.trim() !== '');
  const fromReports = spoken.length === 0 ? [] : await readReports(extraction, spoken);
  return [...fromTask.slice(0, MOST_FACTS / 2), ...fromReports].slice(0, MOST_FACTS);
}

async function readTask(extraction: Extraction, task: string): Promise<ExtractedFact[]> {
  const facts = await askModel(extraction, 'task', {
    schema: FactsOfTask,
    scopes:
      'The data is what a person asked for. `scope` is `tenant` for what holds for the whole team and its projects, `user` for what is about this person alone. What shall be built now is not a fact.',
    data: `<task>\n${showAsData(cutText(task, LONGEST_PART))}\n</task>`,
  });
  return facts.map((fact) => ({ origin: 'task', ...fact }));
}

async function readReports(extraction: Extraction, reports: SessionMaterial['reports']): Promise<ExtractedFact[]> {
  const facts = await askModel(extraction, 'reports', {
    schema: FactsOfReports,
    scopes:
      'The data is what workers reported. `worker` is the name of the worker whose report says it. `scope` is `sprint` for what holds for this piece of work, `worker` for what the worker should know in other work as well.',
    data: reports
      .map(
        ({ worker, text }) =>
          `<report worker="${showOnOneLine(worker)}">\n${showAsData(cutText(text, LONGEST_PART))}\n</report>`,
      )
      .join('\n'),
  });
  const workers = new Set(reports.map(({ worker }) => worker));
  // A worker that the model made up has no report, so such a fact has no source.
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

/** Enough for 20 facts of one sentence each and the model's thinking, which counts as output. */
const MOST_OUTPUT_TOKENS = 8000;

async function askModel<Fact>(
  { model, material, today, signal, payer, reference }: Extraction,
  part: string,
  prepared: { schema: z.ZodType<{ facts: Fact[] }>; scopes: string; data: string },
): Promise<Fact[]> {
  const request: ModelRequest = {
    model: material.model.model,
    system: await readPrompt(new URL('./extract.md', import.meta.url), {
      today,
      most: String(MOST_FACTS),
      scopes: prepared.scopes,
    }),
    messages: [{ role: 'user', text: prepared.data }],
    tools: [],
    maxOutputTokens: MOST_OUTPUT_TOKENS,
    responseSchema: shownSchema(prepared.schema),
  };
  const turn = await buyTurn({
    payer,
    kind: 'extraction',
    reference: `${reference} ${part}`,
    choice: material.model,
    call: { model, request, signal, timeoutMs: environment.MODEL_TIMEOUT_SECONDS * 1000 },
  });
  return parseFacts(turn, prepared.schema);
}

function parseFacts<Fact>(turn: ModelTurn, schema: z.ZodType<{ facts: Fact[] }>): Fact[] {
  const parsed = jsonText(schema).safeParse(withoutFence(turn.text));
  if (parsed.success) return parsed.data.facts;
  throw new ModelError('invalid_answer', "The model's facts do not match the schema");
}
