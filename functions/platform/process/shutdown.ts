/**
 * Tells the work in this process that it is about to be stopped: Cloud Run sends SIGTERM and ten seconds later SIGKILL. Long steps checkpoint, release
 * their claim and end; nobody claims anything more.
 */

const controller = new AbortController();

/** Aborted once, when the process is told to stop. */
export const shutdownSignal: AbortSignal = controller.signal;

export class ShuttingDown extends Error {
  constructor() {
    super('The process is about to stop');
    this.name = 'ShuttingDown';
  }
}

export function beginShutdown(): void {
  controller.abort(new ShuttingDown());
}
