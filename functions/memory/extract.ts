import { z } from 'zod';
import { askForAnswer, type PaidModel } from '../entities/ask-model.ts';
import { type ExtractedFact, LONGEST_PART, MOST_FACTS, type SessionMaterial } from '../entities/session.ts';
import { cutText } from '../platform/cut-text.ts';
import { readPrompt } from '../platform/models/read-prompt.ts';
import { showAsData, showOnOneLine } from '../platform/models/show-as-data.ts';
import { Category } from './memory.ts';

/** `reference` is unique for each attempt to read the session; each call adds its part. */
interface Extraction extends Omit<PaidModel, 'choice'> {
  material: SessionMaterial;
  /** The day that "today" means in the session. */
  today: string;
}

/**
 * Extracts the facts of a session with the model. The user's task and the workers' reports are read in two separate
 * calls, so that nothing in a report can become a fact that the user said.
 * @throws OverBudget when a budget does not cover the next call; ModelError when the model fails or its answer is twice
 * not JSON of the schema; the signal's reason when aborted
 */
export async function extractByModel(extraction: Extraction): Promise<ExtractedFact[]> {
  const { task, reports } = extraction.material;
  const fromTask = task.trim() === '' ? [] : await readTask(extraction, task);
  const spoken = reports.filter(({ text }) => text.trim() !== '');
  const fromReports = spoken.length === 0 ? [] : await readReports(extraction, spoken);
  return [...fromTask.slice(0, MOST_FACTS / 2), ...fromReports].slice(0, MOST_FACTS);
}

async function readTask(extraction: Extraction, task: string): Promise<ExtractedFact[]> {
  const facts = await askForFacts(extraction, 'task', {
    schema: FactsOfTask,
    scopes:
      'The data is what a person asked for. `scope` is `tenant` for what holds for the whole team and its projects, `user` for what is about this person alone. What shall be built now is not a fact.',
    data: `<task>\n${showAsData(cutText(task, LONGEST_PART))}\n</task>`,
  });
  return facts.map((fact) => ({ origin: 'task', ...fact }));
}

async function readReports(extraction: Extraction, reports: SessionMaterial['reports']): Promise<ExtractedFact[]> {
  const facts = await askForFacts(extraction, 'reports', {
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

async function askForFacts<Fact>(
  { material, today, ...paid }: Extraction,
  part: string,
  prepared: { schema: z.ZodType<{ facts: Fact[] }>; scopes: string; data: string },
): Promise<Fact[]> {
  const { answer } = await askForAnswer(
    { ...paid, choice: material.model },
    {
      part,
      system: await readPrompt(new URL('./extract.md', import.meta.url), {
        today,
        most: String(MOST_FACTS),
        scopes: prepared.scopes,
      }),
      messages: [{ role: 'user', text: prepared.data }],
      schema: prepared.schema,
      maxOutputTokens: MOST_OUTPUT_TOKENS,
    },
  );
  return answer.facts;
}
