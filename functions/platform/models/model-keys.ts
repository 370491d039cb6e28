/**
 * The secrets of a deployed function that asks a model, or that has to know which providers there are. One that lacks them takes the installation for one without a
 * model, and works by rules where nobody expects it.
 */
export const MODEL_KEYS = ['GEMINI_API_KEY', 'ANTHROPIC_API_KEY', 'OPENAI_API_KEY'];

/** Of a function that only makes vectors: without it they would be of another embedder than those that are stored. */
export const EMBEDDER_KEYS = ['GEMINI_API_KEY'];
