/**
 * The one Trusted Types policy of the console. `require-trusted-types-for 'script'` refuses the address of a worker unless a
 * policy made it. This policy makes addresses only for workers of the build, on our own origin, and never HTML or script.
 * The header must say `trusted-types apexflow-worker`, and app/no-html.ts must import this file before it hides
 * `window.trustedTypes`. Without either no worker starts: code has no colours, and diffs are made on the page's thread.
 */
interface WorkerPolicy {
  createScriptURL(url: string): string;
}

interface PolicyFactory {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): WorkerPolicy;
}

const policy = createPolicy();

function createPolicy(): WorkerPolicy | undefined {
  const factory = (globalThis as { trustedTypes?: PolicyFactory }).trustedTypes;
  try {
    return factory?.createPolicy('apexflow-worker', { createScriptURL: ownWorker });
  } catch {
    return undefined;
  }
}

function ownWorker(url: string): string {
  const { origin, pathname } = new URL(url, location.href);
  const isBuilt = /^\/assets\/[a-z-]+\.worker-[\w-]+\.js$/.test(pathname);
  if (origin !== location.origin || !(isBuilt || import.meta.env.DEV)) throw new Error(`${url} is not a worker.`);
  return url;
}

/** Starts a worker of the build. @throws TypeError when the page's policy refuses it */
export function startWorker(url: string): Worker {
  return new Worker(policy ? policy.createScriptURL(url) : url, { type: 'module' });
}
