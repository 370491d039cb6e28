import { z } from 'zod';
import type { ModelChoice } from '../platform/models/model.ts';
import { ModelText, Timestamp } from '../runs/run.ts';

/** Types of agents as the API accepts and shows them: the built-in ones, and those that a tenant has added. */

/** The own types of a tenant. A model that spawns agents reads the description of each. */
export const MOST_TYPES = 50;
/** What an own type may take; the built-in types say it in their files. */
const DEFAULT_TURNS = 24;

/** These words end paths of agents, so a type of this name could not be addressed. */
const RESERVED = ['status', 'result'];

export const TypeName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,49}$/, 'must be lower-case letters, digits, - and _, such as fact-checker')
  .meta({ description: 'The name of a type of agents' });
export const TypeParams = z.strictObject({ agent_type: TypeName });

export const AgentType = z.strictObject({
  name: z.string(),
  description: z.string(),
  instruction: z.string(),
  tools: z.array(z.string()).meta({ description: '`mcp` stands for the tools of the MCP servers of your tenant' }),
  turns: z.int().meta({ description: 'The most turns; without a final answer the agent then fails' }),
  model: z.string().nullable().meta({ description: '`provider/model`; null for the model that your tenant uses' }),
  is_builtin: z.boolean(),
  updated_at: Timestamp.nullable().meta({ description: 'Null for a built-in type' }),
});
export type AgentType = z.infer<typeof AgentType>;

/** The model of a type as it is stored: `provider/model`, or null. */
export const ModelOfType = ModelText.nullable().transform((choice) => choice ?? undefined);

/** Returns a model as the table holds it. */
export function storedModel(choice: ModelChoice | null): string | null;
export function storedModel(choice: ModelChoice | null | undefined): string | null | undefined;
export function storedModel(choice: ModelChoice | null | undefined): string | null | undefined {
  return choice ? `${choice.provider}/${choice.model}` : choice;
}

const fields = {
  description: z.string().trim().min(1).max(500).meta({ description: 'Tells people and agents what it is good for' }),
  instruction: z.string().trim().min(1).max(20_000),
  tools: z.array(z.string().max(100)).max(100).meta({ description: 'Tools that a built-in type has' }),
  turns: z.int().min(1).max(100),
  model: ModelText.nullable(),
};

export const NewTypeBody = z.strictObject({
  name: TypeName.refine((name) => !RESERVED.includes(name), `must not be ${RESERVED.join(' or ')}`),
  ...fields,
  tools: fields.tools.default([]),
  turns: fields.turns.default(DEFAULT_TURNS),
  model: fields.model.default(null),
});

export const TypeChangeBody = z
  .strictObject(fields)
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'must change something');
