import { Session } from 'node:inspector';
import type { Heartbeat } from '../../protocol/heartbeat.js';

/** How soon an open session notices that the main thread is exiting. */
const exitPollMs = 2;

/** Opens inspector sessions to the main thread, one at a time, and never leaves one open. */
export interface MainThreadSessions {
  /** Opens a session, lets `talk` use it until it calls `finish`, and closes it at once. Null when the process exits,
   *  also in the middle. Throws what the inspector throws when it cannot be used. */
  open<Answer>(
    talk: (session: Session, finish: (answer: Answer | null) => void) => void,
  ): Promise<Answer | null>;
  /** Lets go of the session that is open, if one is; its answer is null. */
  close(): void;
}

/** An open session at exit would make Node print a line and wait for a debugger, so shared memory tells both sides: the
 *  main thread that one is open, and this one that the process exits. Source: node:inspector
 *  Session.connectToMainThread(). */
export function createMainThreadSessions(heartbeat: Heartbeat): MainThreadSessions {
  let letGo: () => void = () => {};

  const connect = (): Session => {
    try {
      const session = new Session();
      session.connectToMainThread();
      return session;
    } catch (error) {
      heartbeat.setSessionOpen(false);
      throw error;
    }
  };

  return {
    async open<Answer>(talk: (session: Session, finish: (answer: Answer | null) => void) => void) {
      heartbeat.setSessionOpen(true);
      if (heartbeat.exiting()) {
        heartbeat.setSessionOpen(false);
        return null;
      }
      const session = connect();
      return new Promise<Answer | null>((resolve, reject) => {
        let isOpen = true;
        const exitPoll = setInterval(() => heartbeat.exiting() && letGo(), exitPollMs);
        const finish = (answer: Answer | null): void => {
          // Node answers what is still waiting when a session is closed, so this may be called again.
          if (!isOpen) return;
          isOpen = false;
          clearInterval(exitPoll);
          letGo = () => {};
          session.disconnect();
          heartbeat.setSessionOpen(false);
          resolve(answer);
        };
        letGo = () => finish(null);
        try {
          talk(session, finish);
        } catch (error) {
          reject(error);
          finish(null);
        }
      });
    },
    close: () => letGo(),
  };
}
