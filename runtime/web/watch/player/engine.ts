import type { Trouble } from './player-recovery.ts';

/** One rung of the ladder, as it is offered to the viewer. */
export type Quality = { level: number; label: string };

export type EngineEvents = {
  /** The rungs there are, the best first. */
  onQualities: (qualities: readonly Quality[]) => void;
  /** It cannot go on by itself. */
  onTrouble: (trouble: Trouble) => void;
};

/** What feeds the video element, from being made until closed. */
export type StreamEngine = {
  /** Seconds between the stage and what is on show; null when it cannot be known. */
  latencySeconds(): number | null;
  /** When what is on show happened, in milliseconds since 1970 by the server's clock; null when it cannot be known. */
  pictureTimeMs(): number | null;
  /** The latency that playing live keeps, in seconds. */
  targetSeconds(): number;
  goLive(): void;
  /** null: by itself. */
  chooseLevel(level: number | null): void;
  recoverMedia(): void;
  close(): void;
};
