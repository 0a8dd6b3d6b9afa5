/** What {@link LoudestSpeakers} knows of one microphone. Loudness is 127 less the RFC 6464 level: 0 is silence. */
export type MicrophoneLevel = {
  readonly id: string;
  /** Smoothed over what is said: pauses within speech do not lower it. */
  loudness: number;
  /** What the microphone hears when nobody speaks into it. */
  noise: number;
  /** Of the last level; negative before the first. */
  atMs: number;
  /** Last moment at which it sounded like speech. */
  soundedMs: number;
  sounds: boolean;
  /** Since when it has been louder than the one whose place it would take; negative while it is not. */
  louderSinceMs: number;
};

/** Louder than -50 dBov may be speech: as for the active speaker. */
const audibleLoudness = 77;
/** Speech is this much louder than what its microphone hears anyway, and who takes a place than who had it. */
const marginDb = 6;
/** Noise is known after a while without a pause: -50 dBov counts as such after some 20 s. Any pause resets it. */
const noiseRiseDbPerMs = 0.001;
const lowestNoise = 50;
/** Who has spoken keeps the place this long: through pauses for breath and thought. */
const guardMs = 1500;
/** Where all speak at once, somebody louder waits this long, so that a cough cuts nobody off. */
const challengeMs = 400;
/** A longer pause and the challenge begins anew. */
const challengePauseMs = 150;
const attackMs = 100;
const releaseMs = 1000;
/** Levels older than this are silence: a muted microphone or DTX sends nothing. */
const staleMs = 300;

/** A microphone that has not been heard yet. */
export function unheard(id: string): MicrophoneLevel {
  return {
    id,
    loudness: 0,
    noise: lowestNoise,
    atMs: -1,
    soundedMs: -Infinity,
    sounds: false,
    louderSinceMs: -1,
  };
}

/** Takes in one level, of one packet. */
export function hear(microphone: MicrophoneLevel, loudness: number, nowMs: number): void {
  const elapsedMs = microphone.atMs < 0 ? staleMs : Math.max(1, nowMs - microphone.atMs);
  const risenNoise = microphone.noise + Math.min(elapsedMs, staleMs) * noiseRiseDbPerMs;
  microphone.noise = Math.max(lowestNoise, Math.min(loudness, risenNoise));
  microphone.sounds = loudness >= audibleLoudness && loudness >= microphone.noise + marginDb;
  if (microphone.sounds || !isGuarded(microphone, nowMs)) {
    const timeConstantMs = loudness > microphone.loudness ? attackMs : releaseMs;
    const weight = 1 - Math.exp(-elapsedMs / timeConstantMs);
    microphone.loudness += (loudness - microphone.loudness) * weight;
  }
  if (microphone.sounds) {
    if (nowMs - microphone.soundedMs > challengePauseMs) {
      microphone.louderSinceMs = -1;
    }
    microphone.soundedMs = nowMs;
  }
  microphone.atMs = nowMs;
}

/** Speaks, or has just spoken: cutting it off could cut a word. */
export function isGuarded(microphone: MicrophoneLevel, nowMs: number): boolean {
  return nowMs - microphone.soundedMs < guardMs;
}

/** Who is missed least: the quietest of those that do not speak; where all speak, the quietest. */
export function leastMissed<M extends MicrophoneLevel>(
  microphones: readonly M[],
  nowMs: number,
): M | undefined {
  let least: M | undefined;
  let leastIsGuarded = true;
  let leastLoudness = Infinity;
  for (const microphone of microphones) {
    const guarded = isGuarded(microphone, nowMs);
    const loudness = loudnessAt(microphone, nowMs);
    if (guarded === leastIsGuarded ? loudness < leastLoudness : leastIsGuarded) {
      least = microphone;
      leastIsGuarded = guarded;
      leastLoudness = loudness;
    }
  }
  return least;
}

/**
 * Whether a microphone that has just been heard takes the place of another one: at once from one that does not
 * speak, when it speaks itself or is clearly the louder of the two; from one that speaks only when it has spoken
 * clearly louder for a while, which is noted in `louderSinceMs`.
 */
export function takesPlace(challenger: MicrophoneLevel, holder: MicrophoneLevel, nowMs: number): boolean {
  const louder = challenger.loudness >= loudnessAt(holder, nowMs) + marginDb;
  if (!isGuarded(holder, nowMs)) {
    return challenger.sounds || louder;
  }
  if (!louder) {
    challenger.louderSinceMs = -1;
  } else if (challenger.sounds && challenger.louderSinceMs < 0) {
    challenger.louderSinceMs = nowMs;
  }
  return louder && challenger.sounds && nowMs - challenger.louderSinceMs >= challengeMs;
}

function loudnessAt(microphone: MicrophoneLevel, nowMs: number): number {
  return isGuarded(microphone, nowMs) || nowMs - microphone.atMs <= staleMs ? microphone.loudness : 0;
}

type Microphone = MicrophoneLevel & {
  forwarded: boolean;
  /** Forwarded whatever the others do; takes no place. */
  kept: boolean;
};

/**
 * Decides which microphones of a room are forwarded: all of them up to `limit`, the loudest `limit` of more. Only one
 * that is heard itself takes another one's place, so that nothing changes while nobody speaks. One that has told no
 * level yet is forwarded. Has no timer, and costs nothing while no more than `limit` are there.
 */
export class LoudestSpeakers {
  readonly #limit: number;
  readonly #onForwarded: (id: string, forwarded: boolean) => void;
  readonly #microphones = new Map<string, Microphone>();
  /** Those that are forwarded because they are among the loudest. */
  readonly #places: Microphone[] = [];
  #kept: ReadonlySet<string> = new Set();
  #competing = 0;
  #heldBack = 0;

  /**
   * @param limit - how many are forwarded; 0 for all
   * @param onForwarded - called for each microphone that is held back from now on, or forwarded again
   */
  constructor(limit: number, onForwarded: (id: string, forwarded: boolean) => void) {
    this.#limit = limit === 0 ? Infinity : limit;
    this.#onForwarded = onForwarded;
  }

  /** How many microphones are held back now. */
  get heldBack(): number {
    return this.#heldBack;
  }

  has(id: string): boolean {
    return this.#microphones.has(id);
  }

  /** Takes in a microphone, which is forwarded until it has told how loud it is. */
  add(id: string): void {
    if (this.#microphones.has(id)) {
      return;
    }
    const kept = this.#kept.has(id);
    this.#microphones.set(id, { ...unheard(id), forwarded: true, kept });
    this.#competing += kept ? 0 : 1;
  }

  /** Forgets one that left or was muted. Nothing is told of it; its place goes to the loudest without one. */
  remove(id: string, nowMs: number): void {
    const microphone = this.#microphones.get(id);
    if (microphone === undefined) {
      return;
    }
    this.#microphones.delete(id);
    this.#heldBack -= microphone.forwarded ? 0 : 1;
    if (!microphone.kept) {
      this.#withdraw(microphone, nowMs);
    }
  }

  /** These are forwarded in any case, beside the loudest of the others; all others compete. */
  keep(ids: ReadonlySet<string>, nowMs: number): void {
    this.#kept = ids;
    for (const microphone of this.#microphones.values()) {
      const kept = ids.has(microphone.id);
      if (kept === microphone.kept) {
        continue;
      }
      microphone.kept = kept;
      if (kept) {
        this.#setForwarded(microphone, true);
        this.#withdraw(microphone, nowMs);
      } else {
        this.#competing++;
      }
    }
  }

  /** Notes a level in -dBov, 0 (loudest) to 127 (silence), before its packet is forwarded. */
  onLevel(id: string, level: number, nowMs: number): void {
    const microphone = this.#microphones.get(id);
    if (microphone === undefined || microphone.kept || this.#competing <= this.#limit) {
      return;
    }
    hear(microphone, 127 - level, nowMs);
    if (this.#places.includes(microphone)) {
      return;
    }
    if (this.#places.length < this.#limit) {
      this.#places.push(microphone);
      this.#setForwarded(microphone, true);
      return;
    }
    const holder = leastMissed(this.#places, nowMs);
    if (holder !== undefined && takesPlace(microphone, holder, nowMs)) {
      this.#places[this.#places.indexOf(holder)] = microphone;
      this.#setForwarded(holder, false);
      this.#setForwarded(microphone, true);
    } else {
      this.#setForwarded(microphone, false);
    }
  }

  /** It competes no longer. */
  #withdraw(microphone: Microphone, nowMs: number): void {
    this.#competing--;
    const place = this.#places.indexOf(microphone);
    if (place >= 0) {
      this.#places.splice(place, 1);
    }
    if (this.#heldBack === 0) {
      return;
    }
    const waiting = [...this.#microphones.values()]
      .filter(({ forwarded }) => !forwarded)
      .sort((a, b) => loudnessAt(b, nowMs) - loudnessAt(a, nowMs));
    const free = this.#competing <= this.#limit ? waiting.length : this.#limit - this.#places.length;
    for (const next of waiting.slice(0, free)) {
      this.#places.push(next);
      this.#setForwarded(next, true);
    }
  }

  #setForwarded(microphone: Microphone, forwarded: boolean): void {
    if (microphone.forwarded !== forwarded) {
      microphone.forwarded = forwarded;
      microphone.louderSinceMs = -1;
      this.#heldBack += forwarded ? -1 : 1;
      this.#onForwarded(microphone.id, forwarded);
    }
  }
}
