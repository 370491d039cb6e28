import { environment } from '../../environment.ts';
import { type GeminiSettings, isGeminiConfigured } from '../providers/gemini-client.ts';
import type { Embedder } from './embedder.ts';

/** Returns Gemini's embedder when Gemini is configured, otherwise the local embedder, which needs no key. */
export async function openEmbedder(settings: GeminiSettings = environment): Promise<Embedder> {
  if (isGeminiConfigured(settings)) return (await import('./gemini-embedder.ts')).openGeminiEmbedder(settings);
  return (await import('./feature-hashing.ts')).featureHashingEmbedder;
}
