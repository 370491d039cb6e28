/**
 * The HTTP headers of the web console. The local gateway sends them, Terraform gives them to the load balancer
 * (`infra/console-headers.generated.json`, written by `npm run manifest`), and a test compares them.
 */

const OWN_CONNECTIONS = "connect-src 'self'";

/**
 * Nothing is loaded from another origin, no inline script or style runs, no frame shows the console, and no string
 * becomes HTML: `trusted-types 'none'` allows no policy, so every assignment to `innerHTML` throws.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' blob:",
  OWN_CONNECTIONS,
  "worker-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** The headers of every file of the console. */
export const CONSOLE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
};

/**
 * Returns the headers of a console whose uploads go to a bucket of Cloud Storage, by signed addresses that name the
 * bucket in their host: the policy allows requests to this bucket, and to no other. `infra/console.tf` does the same.
 */
export function headersWithBucket(bucket: string | undefined): Readonly<Record<string, string>> {
  if (bucket === undefined) return CONSOLE_HEADERS;
  const connections = `${OWN_CONNECTIONS} https://${bucket}.storage.googleapis.com`;
  const policy = CONTENT_SECURITY_POLICY.replace(OWN_CONNECTIONS, connections);
  return { ...CONSOLE_HEADERS, 'Content-Security-Policy': policy };
}

/** Also sent in the cloud. A laptop serves HTTP, and its other programs on localhost may too. */
export const CLOUD_HEADERS: Readonly<Record<string, string>> = {
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
};

/** The name of a file below `assets/` contains the hash of its content. */
export const ASSETS_CACHE = 'public, max-age=31536000, immutable';
/** A browser asks for the page each time, and gets 304 when it has not changed. */
export const PAGE_CACHE = 'no-cache';

/** First segments of paths that belong to services. The console answers every other path with its page. */
export const SERVICE_PATHS: readonly string[] = [
  'api',
  'mcp',
  '.well-known',
  'docs',
  'health',
  'readiness',
  'internal',
];

/** Returns what Terraform reads. The bucket's headers are the same for every file. */
export function consoleInfrastructure(): object {
  const headers = { ...CONSOLE_HEADERS, ...CLOUD_HEADERS };
  return {
    custom_response_headers: Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    assets_cache_control: ASSETS_CACHE,
    page_cache_control: PAGE_CACHE,
    service_paths: SERVICE_PATHS,
  };
}

/** Returns the Cache-Control of a file of the build, by its path such as `/assets/index-3f2a.js`. */
export function cacheControlOf(path: string): string {
  return path.startsWith('/assets/') ? ASSETS_CACHE : PAGE_CACHE;
}
