/** The folder of the file tree inside every sandbox. */
export const WORKSPACE = '/workspace';

/**
 * Returns the whole environment of a command. It contains nothing of this process's environment.
 *
 * Git gets a user name, so that `git commit` works. npm and pip are told which proxy to use, or that there is no
 * network, so that they fail in milliseconds instead of after their retries.
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
    // Otherwise git shows `å.txt` as `"\\303\\245.txt"`, which no other tool takes for the name.
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'core.quotePath',
    GIT_CONFIG_VALUE_0: 'false',
    npm_config_fund: 'false',
    npm_config_audit: 'false',
    npm_config_update_notifier: 'false',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    ...(proxy === undefined ? CLOSED_NETWORK : openNetwork(proxy)),
  };
}

const CLOSED_NETWORK = { npm_config_offline: 'true', PIP_NO_INDEX: '1' };

/**
 * curl reads only the lower-case names, other programs only the upper-case ones, and Node only with NODE_USE_ENV_PROXY.
 */
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
 * Returns shell lines that lower the limits of the shell and of all processes that it starts.
 *
 * A limit of the machine that is already lower cannot be raised and stays, hence `|| :`. The watchdog checks the sums
 * over all processes; these limits stop a single process between two checks. dash calls the number of processes `-p`,
 * bash `-u`. Both count file sizes in blocks of 512 bytes when they run as `sh`.
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

/** 128 + SIGXFSZ: a process wrote more than the file size limit. */
export const FILE_TOO_LARGE_EXIT_CODE = 153;
