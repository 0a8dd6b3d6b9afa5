import type { SignallingEvents, SignallingNotification } from '../contract/index.ts';

/** The wire to one participant's client, as rooms see it: a WebSocket, or nothing at all for WHIP. */
export type Connection = {
  readonly userAgent: string;
  notify(notification: SignallingNotification): void;
  /** Closes the wire with a code of `closeCodes`. */
  close(code: number, reason: string): void;
};

/** Builds a notification with its data checked against its event. */
export function notification<E extends keyof SignallingEvents>(
  event: E,
  data: SignallingEvents[E],
): SignallingNotification {
  return { event, data } as SignallingNotification;
}

/** For participants without a wire of their own (WHIP, WHEP, server-side peers). */
export const silentConnection = (userAgent: string): Connection => ({
  userAgent,
  notify() {
    // Nobody listens.
  },
  close() {
    // Nothing to close.
  },
});
