import { type Accepted, acceptMessage, type NewMessageBody } from '../chat/accept-message.ts';
import { followAnswer } from '../chat/follow-answer.ts';
import type { Database, Scoped } from '../platform/database/database.ts';
import { Problem } from '../platform/errors.ts';
import { log } from '../platform/log.ts';
import { CLOSE, type SocketConnection } from '../platform/websocket/connection.ts';

/** The most answers that a connection follows at once. */
const MOST_ANSWERS = 10;

/**
 * The messages that a connection sends to the chat, and their answers on their way back: the same events with the same
 * numbers as `POST /chat/message` streams. An answer goes on when the connection ends.
 */
export class Answers {
  readonly #connection: SocketConnection;
  readonly #database: Database;
  readonly #stop = new AbortController();
  #following = 0;

  constructor(connection: SocketConnection, database: Database) {
    this.#connection = connection;
    this.#database = database;
  }

  /**
   * Accepts a message, and follows its answer. `scoped` has the caller's rights.
   * @throws Problem of {@link acceptMessage}; 429 while the connection follows too many answers
   */
  async ask(scoped: Scoped, body: NewMessageBody): Promise<void> {
    if (this.#following >= MOST_ANSWERS)
      throw new Problem('too-many-requests', `A connection follows at most ${MOST_ANSWERS} answers at once.`);
    this.#following += 1;
    try {
      const accepted = await scoped.transaction((transaction) => acceptMessage(transaction, body));
      void this.#follow(scoped, accepted);
    } catch (error) {
      this.#following -= 1;
      throw error;
    }
  }

  close(): void {
    this.#stop.abort();
  }

  async #follow(read: Scoped, accepted: Accepted): Promise<void> {
    const { signal } = this.#stop;
    try {
      for await (const event of followAnswer({ database: this.#database, read, ...accepted, after: 0, signal })) {
        if (event === undefined) continue;
        const { data, ...head } = event;
        this.#connection.send({ ...head, ...data });
        await this.#connection.drained();
      }
    } catch (error) {
      // The client connects again and joins the answer.
      log('warning', 'answer not followed', { run_id: accepted.runId, error });
      this.#connection.close(CLOSE.reconnect, 'reconnect and resume');
    } finally {
      this.#following -= 1;
    }
  }
}
