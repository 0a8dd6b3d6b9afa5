import { RoomflowError, type TrackKind } from '../contract/index.ts';
import type { MediaEvent } from '../rooms/index.ts';
import {
  stepTypeOf,
  type FrameSink,
  type FrameTap,
  type RunningStep,
  type StepReport,
} from '../steps/index.ts';
import { ActiveSpeaker, nowMs, type IncomingTrack, type WebRtcSettings } from '../webrtc/index.ts';
import { ParticipantMedia, addTraffic, type Traffic } from './participant-media.ts';

/** How often waiting packets are given up on and the speaker is judged. */
const TICK_MS = 100;

export type StepStart = {
  stepId: string;
  type: string;
  params: Record<string, unknown>;
  part: number;
  directory: string;
};

/** One live session inside a worker: its participants' media, who hears whom, and its steps. */
export class SessionMedia {
  readonly sessionId: string;
  readonly roomId: string;
  readonly #startedAtMs: number;
  readonly #settings: WebRtcSettings;
  readonly #emit: (event: MediaEvent) => void;
  readonly #report: (stepId: string, part: number, report: StepReport) => void;
  readonly #participants = new Map<string, ParticipantMedia>();
  readonly #steps = new Map<string, { running: RunningStep; part: number }>();
  /** Ids of tracks that nobody may hear or see now. */
  readonly #mutedTracks = new Set<string>();
  readonly #levelListeners = new Map<IncomingTrack, () => void>();
  readonly #speaker: ActiveSpeaker;
  readonly #timer: NodeJS.Timeout;
  readonly #pastTraffic: Traffic = { packetsReceived: 0, packetsSent: 0, bytesReceived: 0, bytesSent: 0 };

  constructor(options: {
    sessionId: string;
    roomId: string;
    startedAtMs: number;
    settings: WebRtcSettings;
    emit: (event: MediaEvent) => void;
    report: (stepId: string, part: number, report: StepReport) => void;
  }) {
    this.sessionId = options.sessionId;
    this.roomId = options.roomId;
    this.#startedAtMs = options.startedAtMs;
    this.#settings = options.settings;
    this.#emit = options.emit;
    this.#report = options.report;
    this.#speaker = new ActiveSpeaker((participantId) => {
      this.#emit({ type: 'speaker-changed', sessionId: this.sessionId, participantId });
    });
    this.#timer = setInterval(() => {
      this.#tick();
    }, TICK_MS);
  }

  get participants(): number {
    return this.#participants.size;
  }

  /** What the session's peers have received and sent since it was opened. */
  traffic(): Traffic {
    const sum = { ...this.#pastTraffic };
    for (const participant of this.#participants.values()) {
      addTraffic(sum, participant.traffic());
    }
    return sum;
  }

  openParticipant(participantId: string): void {
    if (!this.#participants.has(participantId)) {
      this.#participants.set(
        participantId,
        new ParticipantMedia(participantId, {
          sessionId: this.sessionId,
          settings: this.#settings,
          sessionOffsetMs: -this.#startedAtMs,
          emit: this.#emit,
          othersTracks: (self) => this.#othersTracks(self),
          trackAdded: (owner, track) => {
            this.#trackAdded(owner, track);
          },
          trackRemoved: (owner, track) => {
            this.#trackRemoved(owner, track);
          },
          trackMuted: (track, muted) => {
            this.#trackMuted(track, muted);
          },
          isMuted: (trackId) => this.#mutedTracks.has(trackId),
        }),
      );
    }
  }

  async closeParticipant(participantId: string): Promise<void> {
    const participant = this.#participants.get(participantId);
    this.#participants.delete(participantId);
    this.#speaker.remove(participantId, nowMs());
    if (participant) {
      await participant.close();
      addTraffic(this.#pastTraffic, participant.traffic());
    }
  }

  /** The participant, or `participant-not-found`. */
  require(participantId: string): ParticipantMedia {
    const participant = this.#participants.get(participantId);
    if (!participant) {
      throw new RoomflowError(
        'participant-not-found',
        `Participant "${participantId}" is not in session "${this.sessionId}".`,
      );
    }
    return participant;
  }

  tracksById(trackIds: readonly string[]): IncomingTrack[] {
    return [...this.#participants.values()]
      .flatMap((participant) => participant.tracks)
      .filter((track) => trackIds.includes(track.trackId));
  }

  startStep(step: StepStart): void {
    if (this.#steps.has(step.stepId)) {
      return;
    }
    const type = stepTypeOf(step.type);
    if (!type) {
      throw new RoomflowError('invalid-step-params', `Unknown step "${step.type}".`);
    }
    const running = type.start({
      stepId: step.stepId,
      sessionId: this.sessionId,
      roomId: this.roomId,
      params: step.params,
      part: step.part,
      directory: step.directory,
      nowMs: () => nowMs() - this.#startedAtMs,
      tap: (participantId: string, kinds: readonly TrackKind[], sink: FrameSink): FrameTap =>
        this.require(participantId).tap(kinds, sink),
      compose: () => {
        throw new RoomflowError('composition-failed', 'This worker composes nothing.');
      },
      report: (report) => {
        this.#report(step.stepId, step.part, report);
      },
    });
    this.#steps.set(step.stepId, { running, part: step.part });
  }

  async stopStep(stepId: string, reason: string): Promise<void> {
    const step = this.#steps.get(stepId);
    await step?.running.stop(reason);
    this.#steps.delete(stepId);
  }

  pauseStep(stepId: string, paused: boolean): void {
    const { running } = this.#steps.get(stepId) ?? {};
    if (!running) {
      throw new RoomflowError('step-not-running', `Step "${stepId}" does not run in this session.`);
    }
    if (paused) {
      running.pause?.();
    } else {
      running.resume?.();
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#steps.keys()].map((stepId) => this.stopStep(stepId, 'session-closed')));
    await Promise.all(
      [...this.#participants.keys()].map((participantId) => this.closeParticipant(participantId)),
    );
    for (const dispose of this.#levelListeners.values()) {
      dispose();
    }
    this.#levelListeners.clear();
  }

  #othersTracks(self: string): IncomingTrack[] {
    return [...this.#participants.values()]
      .filter((participant) => participant.participantId !== self)
      .flatMap((participant) => participant.tracks);
  }

  #trackAdded(owner: ParticipantMedia, track: IncomingTrack): void {
    if (owner.isMuted(track.kind)) {
      this.#mutedTracks.add(track.trackId);
    }
    for (const participant of this.#participants.values()) {
      if (participant !== owner) {
        participant.offer(track);
      }
    }
    if (track.kind === 'audio') {
      const { participantId } = owner;
      this.#levelListeners.set(
        track,
        track.onAudioLevel((level, atMs) => {
          if (!this.#mutedTracks.has(track.trackId)) {
            this.#speaker.onLevel(participantId, level, atMs);
          }
        }),
      );
    }
  }

  #trackRemoved(owner: ParticipantMedia, track: IncomingTrack): void {
    this.#levelListeners.get(track)?.();
    this.#levelListeners.delete(track);
    this.#mutedTracks.delete(track.trackId);
    for (const participant of this.#participants.values()) {
      if (participant !== owner) {
        participant.withdraw(track);
      }
    }
  }

  #trackMuted(track: IncomingTrack, muted: boolean): void {
    if (muted) {
      this.#mutedTracks.add(track.trackId);
    } else {
      this.#mutedTracks.delete(track.trackId);
    }
    for (const participant of this.#participants.values()) {
      participant.forward(track);
    }
  }

  #tick(): void {
    const now = nowMs();
    for (const participant of this.#participants.values()) {
      participant.tick(now - this.#startedAtMs);
    }
    this.#speaker.evaluate(now);
  }
}
