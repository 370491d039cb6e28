const controller = new AbortController();

/**
 * Aborted once, when the process is told to stop: Cloud Run sends SIGTERM and ten seconds later SIGKILL. Long steps
 * then save a checkpoint, release their claim and end; no new work is claimed.
 */
export const shutdownSignal: AbortSignal = controller.signal;

class ShuttingDown extends Error {
  constructor() {
    super('The process is shutting down');
    this.name = 'ShuttingDown';
  }
}

/** Aborts {@link shutdownSignal}. */
export function beginShutdown(): void {
  controller.abort(new ShuttingDown());
}
