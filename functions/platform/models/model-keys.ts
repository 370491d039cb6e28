/**
 * The secrets for the declaration of a function that calls a model or checks which providers are configured. Without
 * them a function treats the installation as one without models and silently falls back to rules.
 */
export const MODEL_KEYS = ['GEMINI_API_KEY', 'ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'QWEN_API_KEY'];

/**
 * The secrets of a function that only embeds texts. Without them it would use another embedder than the one of the
 * stored vectors.
 */
export const EMBEDDER_KEYS = ['GEMINI_API_KEY'];
