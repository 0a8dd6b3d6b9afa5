import { setTimeout as delay } from 'node:timers/promises';
import {
  joinRoom,
  startMediaPublisher,
  type MediaPublisher,
  type SentFrame,
  type SignallingParticipant,
} from '../support/runtime/index.ts';
import { continuedAt, type GuestClips } from './clips.ts';

const COME_BACK_AFTER_MS = 250;
/** `notified` wants a bound; the wire's end comes first. */
const NEVER_MS = 2 ** 30;

export type LastingGuestOptions = {
  url: string;
  roomId: string;
  participantId: string;
  token: string;
  clips: GuestClips;
};

/** How a guest came into the room. */
export type Entry = { sessionId: string; resumed: boolean; atMs: number };

/**
 * A guest who stays in the room as the join page does: comes back as itself when the wire is lost, and sends anew when
 * the runtime asks for it.
 */
export class LastingGuest {
  readonly participantId: string;
  /** Each time it came in, in order. */
  readonly entries: Entry[] = [];
  /** What went wrong on the way, for whoever looks into a failure. */
  readonly troubles: string[] = [];
  readonly #options: LastingGuestOptions;
  readonly #publishers: MediaPublisher[] = [];
  #participant: SignallingParticipant | null = null;
  #sendingSinceMs: number | null = null;
  #isLeaving = false;
  readonly #staying: Promise<void>;

  constructor(options: LastingGuestOptions) {
    this.#options = options;
    this.participantId = options.participantId;
    this.#staying = this.#stay();
  }

  /** Since when its media connection stands; null while it does not. */
  get sendingSinceMs(): number | null {
    return this.#sendingSinceMs;
  }

  get isInRoom(): boolean {
    return this.#participant !== null;
  }

  /** Every frame sent so far. */
  sent(kind: 'audio' | 'video'): SentFrame[] {
    return this.#publishers.flatMap(({ tracks }) => [...(tracks[kind === 'audio' ? 0 : 1]?.frames ?? [])]);
  }

  /** Does not come back any more once the wire is lost. */
  stayAway(): void {
    this.#isLeaving = true;
  }

  /** Leaves the room, if it is in there, and ends. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    const participant = this.#participant;
    if (participant !== null) {
      await participant.leave().catch((error: unknown) => this.#note(error));
      await participant.drop();
    }
    await this.#staying;
  }

  async #stay(): Promise<void> {
    let resumeToken: string | undefined;
    while (!this.#isLeaving) {
      try {
        const { url, roomId, token, participantId } = this.#options;
        const participant = await joinRoom(url, roomId, token, {
          name: participantId,
          participantId,
          ...(resumeToken === undefined ? {} : { resumeToken }),
        });
        ({ resumeToken } = participant);
        const { sessionId, resumed } = participant;
        this.entries.push({ sessionId, resumed, atMs: Date.now() });
        this.#participant = participant;
        await this.#sendUntilClosed(participant);
      } catch (error) {
        this.#note(error);
      }
      this.#participant = null;
      await delay(COME_BACK_AFTER_MS);
    }
  }

  async #sendUntilClosed(participant: SignallingParticipant): Promise<void> {
    const heeded = new Set<unknown>();
    const closed = participant.closed.then(() => 'closed' as const);
    for (;;) {
      // Asked for before the publishing: what is told meanwhile counts.
      const restart = participant
        .notified('media-restart', (data) => !heeded.has(data), { timeoutMs: NEVER_MS })
        .then((data) => {
          heeded.add(data);
          return 'restart' as const;
        });
      const over = new AbortController();
      const publishing = this.#publish(participant, over.signal);
      const next = await Promise.race([closed, restart]);
      over.abort();
      this.#sendingSinceMs = null;
      void publishing.then((publisher) => publisher?.close());
      if (next === 'closed') {
        return;
      }
    }
  }

  /** Tries until it works, as a page does, or until it is not wanted any more. */
  async #publish(participant: SignallingParticipant, over: AbortSignal): Promise<MediaPublisher | null> {
    const isWanted = (): boolean => !over.aborted;
    while (isWanted()) {
      try {
        const { audio, video } = this.#options.clips;
        await participant.call('media-start');
        const publisher = await startMediaPublisher({
          clips: [audio, continuedAt(video, this.sent('video').length)],
          exchange: async (sdp, [audioMid, videoMid]) => {
            // An offer that came after a newer `media-start` would be taken for that one's.
            over.throwIfAborted();
            const tracks = [
              { mid: audioMid ?? '', kind: 'audio' as const },
              { mid: videoMid ?? '', kind: 'video' as const },
            ];
            return (await participant.call('publish', { sdp, tracks })).sdp;
          },
        });
        this.#publishers.push(publisher);
        if (isWanted()) {
          this.#sendingSinceMs = Date.now();
        }
        return publisher;
      } catch (error) {
        this.#note(error);
        await delay(COME_BACK_AFTER_MS);
      }
    }
    return null;
  }

  #note(error: unknown): void {
    const what = error instanceof Error ? error.message : String(error);
    this.troubles.push(`${new Date().toISOString()} ${what.slice(0, 300)}`);
  }
}
