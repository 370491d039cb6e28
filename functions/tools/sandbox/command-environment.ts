/** Where the tree is inside every sandbox. */
export const WORKSPACE = '/workspace';

/**
 * All of a command's environment. Nothing of ours is in it.
 *
 * Git gets a name, so that `git commit` works at once; npm and pip are told that there is no network, so that they fail in
 * milliseconds instead of after their retries, or which proxy is the way out.
 */
export function commandEnvironment(path: readonly string[], proxy?: string): Record<string, string> {
  return {
    PATH: path.join(':'),
    HOME: '/tmp/home',
    TMPDIR: '/tmp',
    LANG: 'C.UTF-8',
    CI: '1',
    GIT_AUTHOR_NAME: 'Agent',
    GIT_AUTHOR_EMAIL: 'agent@sandbox.invalid',
    GIT_COMMITTER_NAME: 'Agent',
    GIT_COMMITTER_EMAIL: 'agent@sandbox.invalid',
    GIT_TERMINAL_PROMPT: '0',
    npm_config_fund: 'false',
    npm_config_audit: 'false',
    npm_config_update_notifier: 'false',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    ...(proxy === undefined ? CLOSED_NETWORK : openNetwork(proxy)),
  };
}

const CLOSED_NETWORK = { npm_config_offline: 'true', PIP_NO_INDEX: '1' };

/** curl and others read only the small letters, others only the capitals; Node needs to be told to look at all. */
function openNetwork(proxy: string): Record<string, string> {
  const own = 'localhost,127.0.0.1,::1';
  return {
    ...{ http_proxy: proxy, https_proxy: proxy, HTTP_PROXY: proxy, HTTPS_PROXY: proxy, NO_PROXY: own, no_proxy: own },
    NODE_USE_ENV_PROXY: '1',
    npm_config_fetch_retries: '1',
    npm_config_fetch_retry_mintimeout: '500',
    PIP_RETRIES: '1',
    PIP_DEFAULT_TIMEOUT: '30',
  };
}

/**
 * Shell lines that lower the limits of the shell that runs them, and so of all that it starts.
 *
 * A limit that the machine already holds lower than ours cannot be set and is fine as it is, hence `|| :`. They are the second
 * line: the watchdog sees sums over all processes, these stop one process between two looks. dash calls the number of processes
 * `-p`, bash `-u`; both count files in blocks of 512 bytes when they run as `sh`.
 */
export function limitLines(limits: { fileBytes: number; cpuSeconds: number; tasks: number; memory: string }): string[] {
  return [
    'ulimit -c 0 || :',
    'ulimit -n 1024 2>/dev/null || :',
    `ulimit -f ${Math.ceil(limits.fileBytes / 512)} || :`,
    `ulimit -t ${Math.ceil(limits.cpuSeconds)} || :`,
    `ulimit ${limits.memory} || :`,
    `ulimit -u ${limits.tasks} 2>/dev/null || ulimit -p ${limits.tasks} 2>/dev/null || :`,
  ];
}

/** 128 + SIGXFSZ: a process wrote past the largest file. */
export const FILE_TOO_LARGE_EXIT_CODE = 153;
