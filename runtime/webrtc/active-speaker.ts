/** One who may be speaking, as {@link chooseSpeaker} sees it. */
export type SpeakerLevel = {
  id: string;
  /** Smoothed loudness: 127 less the RFC 6464 level, so 0 is silence and 127 the loudest. */
  loudness: number;
};

/** The speaker, and who may take over. */
export type SpeakerChoice = {
  speaker: string | null;
  speakerSinceMs: number;
  /** Last moment at which the speaker was audible. */
  lastAudibleMs: number;
  challenger: string | null;
  challengerSinceMs: number;
};

/** Nobody speaks. */
export const noSpeaker: SpeakerChoice = {
  speaker: null,
  speakerSinceMs: 0,
  lastAudibleMs: 0,
  challenger: null,
  challengerSinceMs: 0,
};

/** Louder than -50 dBov counts as speech; room noise of common microphones stays below. */
const audibleLoudness = 77;
/** A challenger must be this many decibels louder than the speaker. */
const marginDb = 6;
/** For this long, so that a cough or a key stroke takes nobody's place. */
const challengeMs = 400;
/** The first one to speak after silence has not to wait as long. */
const firstWordMs = 100;
/** A speaker who falls silent stays the speaker through pauses between sentences. */
const silenceMs = 2500;

/** Decides who speaks. Pure: the same levels at the same time make the same choice. */
export function chooseSpeaker(
  previous: SpeakerChoice,
  levels: Iterable<SpeakerLevel>,
  nowMs: number,
): SpeakerChoice {
  let loudest: SpeakerLevel | undefined;
  let speakerLoudness = 0;
  let speakerPresent = false;
  for (const level of levels) {
    if (level.id === previous.speaker) {
      speakerLoudness = level.loudness;
      speakerPresent = true;
    } else if (loudest === undefined || level.loudness > loudest.loudness) {
      loudest = level;
    }
  }
  const speakerAudible = speakerPresent && speakerLoudness >= audibleLoudness;
  const lastAudibleMs = speakerAudible ? nowMs : previous.lastAudibleMs;
  const gone =
    previous.speaker !== null && (!speakerPresent || (!speakerAudible && nowMs - lastAudibleMs >= silenceMs));
  const speaker = gone ? null : previous.speaker;
  const speakerSinceMs = gone ? nowMs : previous.speakerSinceMs;
  const challenges =
    loudest !== undefined &&
    loudest.loudness >= audibleLoudness &&
    (speaker === null || loudest.loudness >= speakerLoudness + marginDb);
  if (loudest === undefined || !challenges) {
    return { speaker, speakerSinceMs, lastAudibleMs, challenger: null, challengerSinceMs: nowMs };
  }
  const challengerSinceMs = previous.challenger === loudest.id ? previous.challengerSinceMs : nowMs;
  if (nowMs - challengerSinceMs >= (speaker === null ? firstWordMs : challengeMs)) {
    return {
      speaker: loudest.id,
      speakerSinceMs: nowMs,
      lastAudibleMs: nowMs,
      challenger: null,
      challengerSinceMs: nowMs,
    };
  }
  return { speaker, speakerSinceMs, lastAudibleMs, challenger: loudest.id, challengerSinceMs };
}

const attackMs = 100;
const releaseMs = 400;
/** Levels older than this are silence: a muted microphone or DTX sends nothing. */
const staleMs = 300;

/**
 * Follows who speaks in a room from RFC 6464 audio levels. Has no timer: call {@link evaluate} a few times
 * a second.
 */
export class ActiveSpeaker {
  readonly #levels = new Map<string, SpeakerLevel & { atMs: number }>();
  readonly #onSpeakerChanged: (id: string | null) => void;
  #choice = noSpeaker;

  constructor(onSpeakerChanged: (id: string | null) => void) {
    this.#onSpeakerChanged = onSpeakerChanged;
  }

  get speaker(): string | null {
    return this.#choice.speaker;
  }

  /** Notes a level in -dBov, 0 (loudest) to 127 (silence). */
  onLevel(id: string, level: number, nowMs: number): void {
    const loudness = 127 - level;
    const known = this.#levels.get(id);
    if (known === undefined) {
      this.#levels.set(id, { id, loudness, atMs: nowMs });
      return;
    }
    const timeConstantMs = loudness > known.loudness ? attackMs : releaseMs;
    const weight = 1 - Math.exp(-Math.max(1, nowMs - known.atMs) / timeConstantMs);
    known.loudness += (loudness - known.loudness) * weight;
    known.atMs = nowMs;
  }

  /** Forgets one who left. */
  remove(id: string, nowMs: number): void {
    this.#levels.delete(id);
    this.evaluate(nowMs);
  }

  /** Decides anew and tells when the speaker changed. */
  evaluate(nowMs: number): void {
    for (const level of this.#levels.values()) {
      if (nowMs - level.atMs > staleMs) {
        level.loudness = 0;
      }
    }
    const before = this.#choice.speaker;
    this.#choice = chooseSpeaker(this.#choice, this.#levels.values(), nowMs);
    if (this.#choice.speaker !== before) {
      this.#onSpeakerChanged(this.#choice.speaker);
    }
  }
}
