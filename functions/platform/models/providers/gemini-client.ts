import type { GoogleGenAI, GoogleGenAIOptions } from '@google/genai';
import { z } from 'zod';
import type { Environment } from '../../environment.ts';
import { ModelError } from '../model.ts';
import { jsonText } from '../parse-json.ts';
import type { FailureFacts } from './failure-causes.ts';

export type GeminiSettings = Pick<
  Environment,
  | 'GEMINI_API_KEY'
  | 'GOOGLE_API_KEY'
  | 'GOOGLE_GENAI_USE_VERTEXAI'
  | 'GOOGLE_CLOUD_PROJECT'
  | 'GOOGLE_CLOUD_LOCATION'
  | 'GOOGLE_GEMINI_BASE_URL'
  | 'GOOGLE_VERTEX_BASE_URL'
>;

/** Returns whether Gemini is configured: with an API key, or with Vertex AI and a project. */
export function isGeminiConfigured(settings: GeminiSettings): boolean {
  return Boolean(keyOf(settings)) || Boolean(settings.GOOGLE_GENAI_USE_VERTEXAI && settings.GOOGLE_CLOUD_PROJECT);
}

/**
 * Opens the SDK's client for the Gemini API or Vertex AI. It does not retry: without `retryOptions` the SDK sends each
 * request once.
 * @throws ModelError `unauthorized` that names the variable to set.
 */
export async function openGeminiClient(settings: GeminiSettings): Promise<GoogleGenAI> {
  const options = clientOptions(settings);
  const { GoogleGenAI } = await import('@google/genai');
  return new GoogleGenAI(options);
}

function clientOptions(settings: GeminiSettings): GoogleGenAIOptions {
  const apiKey = keyOf(settings);
  if (!settings.GOOGLE_GENAI_USE_VERTEXAI) {
    if (!apiKey) throw new ModelError('unauthorized', 'Gemini has no key: set GEMINI_API_KEY');
    return { vertexai: false, apiKey, ...httpOptions(settings.GOOGLE_GEMINI_BASE_URL) };
  }
  const base = httpOptions(settings.GOOGLE_VERTEX_BASE_URL);
  const project = settings.GOOGLE_CLOUD_PROJECT;
  if (project) return { vertexai: true, project, location: settings.GOOGLE_CLOUD_LOCATION, ...base };
  if (apiKey) return { vertexai: true, apiKey, ...base };
  throw new ModelError('unauthorized', 'Gemini on Vertex AI has no project: set GOOGLE_CLOUD_PROJECT');
}

function keyOf(settings: GeminiSettings): string | undefined {
  return settings.GEMINI_API_KEY ?? settings.GOOGLE_API_KEY;
}

function httpOptions(baseUrl: string | undefined): Pick<GoogleGenAIOptions, 'httpOptions'> {
  return baseUrl === undefined ? {} : { httpOptions: { baseUrl } };
}

const ApiErrorShape = z.object({ name: z.literal('ApiError'), status: z.int(), message: z.string() });
const codeWord = z
  .string()
  .regex(/^[A-Z_]{3,60}$/)
  .optional()
  .catch(undefined);
const ErrorBody = jsonText(
  z.object({
    error: z.object({
      status: codeWord,
      message: z.string().optional().catch(undefined),
      details: z
        .array(
          z.object({
            reason: codeWord,
            retryDelay: z
              .string()
              .regex(/^\d{1,9}(\.\d{1,9})?s$/)
              .optional()
              .catch(undefined),
          }),
        )
        .optional()
        .catch(undefined),
    }),
  }),
);

/**
 * Reads the facts of a Gemini SDK error, whose message is the provider's JSON body. The wait comes from a RetryInfo
 * detail.
 */
export function readGeminiFacts(error: unknown): FailureFacts {
  const parsed = ApiErrorShape.safeParse(error);
  if (!parsed.success) return { words: [] };
  const { status, message } = parsed.data;
  // An error inside a stream has a sentence before its JSON.
  const body = ErrorBody.safeParse(message.slice(Math.max(0, message.indexOf('{'))));
  if (!body.success) return { status, words: [] };
  const details = body.data.error.details ?? [];
  const delay = details.find((detail) => detail.retryDelay !== undefined)?.retryDelay;
  return {
    status,
    sentence: body.data.error.message,
    words: [body.data.error.status, ...details.map((detail) => detail.reason)].filter((entry) => entry !== undefined),
    retryAfterMs: delay === undefined ? undefined : Math.ceil(Number.parseFloat(delay) * 1000),
  };
}
