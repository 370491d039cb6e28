import { isIP } from 'node:net';
import { type Environment, environment } from '../environment.ts';
import { isPublicAddress } from '../http/public-address.ts';
import type { ProviderName } from './model.ts';

type Settings = Pick<
  Environment,
  'ANTHROPIC_BASE_URL' | 'GOOGLE_GEMINI_BASE_URL' | 'GOOGLE_VERTEX_BASE_URL' | 'OPENAI_BASE_URL' | 'QWEN_BASE_URL'
>;

/** Hosts, with their subdomains, that charge for tokens. */
const PAID_HOSTS = [
  'ai21.com',
  'aliyuncs.com',
  'amazonaws.com',
  'anthropic.com',
  'azure.com',
  'baseten.co',
  'bigmodel.cn',
  'cerebras.ai',
  'cloudflare.com',
  'cohere.ai',
  'cohere.com',
  'deepinfra.com',
  'deepseek.com',
  'fireworks.ai',
  'googleapis.com',
  'groq.com',
  'huggingface.co',
  'hyperbolic.xyz',
  'minimax.io',
  'minimaxi.com',
  'mistral.ai',
  'moonshot.ai',
  'moonshot.cn',
  'nebius.ai',
  'nebius.com',
  'novita.ai',
  'nvidia.com',
  'openai.com',
  'openrouter.ai',
  'perplexity.ai',
  'replicate.com',
  'sambanova.ai',
  'scaleway.ai',
  'siliconflow.cn',
  'siliconflow.com',
  'stepfun.com',
  'together.ai',
  'together.xyz',
  'vercel.sh',
  'volces.com',
  'x.ai',
  'z.ai',
];

/**
 * Returns whether a provider's models are on a server that is known to charge for tokens: the provider's own, or
 * another known one at its base URL. Any other server belongs to the deployment, such as Ollama or vLLM.
 */
export function isPaidServer(provider: ProviderName, settings: Settings = environment): boolean {
  const host = hostOf(provider, settings);
  return host === undefined || PAID_HOSTS.some((paid) => host === paid || host.endsWith(`.${paid}`));
}

/** Names of a private network; a name without a dot is one too, such as that of a container. */
const PRIVATE_NAME = /^[^.:]+$|\.(localhost|local|lan|internal|home\.arpa)$/;

/**
 * Returns whether a provider's models are on this machine or in its private network. Only servers that speak OpenAI's
 * API are run there: Gemini or Claude at such an address is a proxy, which passes the list price on.
 */
export function isPrivateServer(provider: ProviderName, settings: Settings = environment): boolean {
  if (provider !== 'openai' && provider !== 'qwen') return false;
  const host = hostOf(provider, settings)?.replace(/^\[|\]$/g, '');
  if (host === undefined) return false;
  return isIP(host) === 0 ? PRIVATE_NAME.test(host) : !isPublicAddress(host);
}

function hostOf(provider: ProviderName, settings: Settings): string | undefined {
  const url = baseUrlOf(provider, settings);
  return url === undefined ? undefined : URL.parse(url)?.hostname;
}

function baseUrlOf(provider: ProviderName, settings: Settings): string | undefined {
  switch (provider) {
    case 'gemini':
      return settings.GOOGLE_VERTEX_BASE_URL ?? settings.GOOGLE_GEMINI_BASE_URL;
    case 'claude':
      return settings.ANTHROPIC_BASE_URL;
    case 'openai':
      return settings.OPENAI_BASE_URL;
    case 'qwen':
      return settings.QWEN_BASE_URL;
    case 'rehearsal':
      return undefined;
  }
}
