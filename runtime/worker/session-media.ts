import { RoomflowError, type CompositionLook, type TrackKind } from '../contract/index.ts';
import type { AddressOf, Compositor, CompositorOptions, SpeechSettings } from '../media/index.ts';
import type { SessionCounters } from '../graph/index.ts';
import type { MediaEvent, MediaParticipant } from '../rooms/index.ts';
import {
  stepTypeOf,
  type CompositionHold,
  type CompositionRequest,
  type FrameSink,
  type FrameTap,
  type HandedConnection,
  type PeopleListener,
  type RunningStep,
  type StepContext,
  type StepReport,
  type StepUpdate,
} from '../steps/index.ts';
import {
  ActiveSpeaker,
  LoudestSpeakers,
  nowMs,
  type IncomingTrack,
  type WebRtcSettings,
} from '../webrtc/index.ts';
import type { SessionPerson } from './composition-feed.ts';
import { Compositions } from './compositions.ts';
import type { CompositionStatistics } from './messages.ts';
import { ParticipantMedia, addTraffic, type Traffic } from './participant-media.ts';

/** How often waiting packets are given up on and the speaker is judged. */
const TICK_MS = 100;

export type StepStart = {
  stepId: string;
  type: string;
  params: Record<string, unknown>;
  part: number;
  directory: string;
  composition: ({ id: string } & CompositionRequest) | null;
};

/** One live session inside a worker: its participants' media, who hears whom, and its steps. */
export class SessionMedia {
  readonly sessionId: string;
  readonly roomId: string;
  readonly #startedAtMs: number;
  readonly #settings: WebRtcSettings;
  readonly #addressOf: AddressOf;
  readonly #emit: (event: MediaEvent) => void;
  readonly #report: (stepId: string, part: number, report: StepReport) => void;
  readonly #participants = new Map<string, ParticipantMedia>();
  readonly #steps = new Map<string, { running: RunningStep; part: number }>();
  /** Ids of tracks that nobody may hear or see now. */
  readonly #mutedTracks = new Set<string>();
  readonly #levelListeners = new Map<IncomingTrack, () => void>();
  /** Those that may be held back, by the id of their track. */
  readonly #microphones = new Map<string, IncomingTrack>();
  readonly #peopleListeners = new Set<PeopleListener>();
  readonly #audioLevelListeners = new Set<(participantId: string, level: number, atMs: number) => void>();
  readonly #speech: SpeechSettings;
  readonly #speaker: ActiveSpeaker;
  readonly #loudest: LoudestSpeakers;
  readonly #compositions: Compositions;
  #activeSpeakerId: string | null = null;
  #pinnedIds: string[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #pastTraffic: Traffic = { packetsReceived: 0, packetsSent: 0, bytesReceived: 0, bytesSent: 0 };

  constructor(options: {
    sessionId: string;
    roomId: string;
    startedAtMs: number;
    /** How many microphones are forwarded at a time, the loudest; 0 for all. */
    maxForwardedSpeakers: number;
    settings: WebRtcSettings;
    emit: (event: MediaEvent) => void;
    report: (stepId: string, part: number, report: StepReport) => void;
    createCompositor: (options: CompositorOptions) => Compositor;
    addressOf: AddressOf;
    speech: SpeechSettings;
  }) {
    this.sessionId = options.sessionId;
    this.roomId = options.roomId;
    this.#startedAtMs = options.startedAtMs;
    this.#settings = options.settings;
    this.#addressOf = options.addressOf;
    this.#speech = options.speech;
    this.#emit = options.emit;
    this.#report = options.report;
    this.#compositions = new Compositions({
      startedAtMs: options.startedAtMs,
      nowMs: () => nowMs() - this.#startedAtMs,
      people: () => this.#people(),
      activeSpeakerId: () => this.#activeSpeakerId,
      pinnedIds: () => this.#pinnedIds,
      createCompositor: options.createCompositor,
    });
    this.#speaker = new ActiveSpeaker((participantId) => {
      this.#activeSpeakerId = participantId;
      this.#compositions.refresh();
      this.#emit({ type: 'speaker-changed', sessionId: this.sessionId, participantId });
    });
    this.#loudest = new LoudestSpeakers(options.maxForwardedSpeakers, (trackId, forwarded) => {
      this.#microphones.get(trackId)?.setForwarded(forwarded);
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

  /** What has come of each track until now. */
  counters(): SessionCounters {
    return {
      atMs: nowMs(),
      tracks: [...this.#participants.values()].flatMap(({ tracks }) =>
        tracks.map(({ trackId, stats, layers }) => ({
          trackId,
          bytes: stats.bytes,
          pictures: layers.map((layer) => layer.pictures),
        })),
      ),
    };
  }

  /** Microphones that are not forwarded now, because others are louder. */
  get heldBackTracks(): number {
    return this.#loudest.heldBack;
  }

  addCompositionsTo(sum: CompositionStatistics): void {
    this.#compositions.addTo(sum);
  }

  /** Takes a participant in, or notes the new name and mode of one who is there. */
  openParticipant(participant: MediaParticipant): void {
    const { participantId, name, mode } = participant;
    const present = this.#participants.get(participantId);
    if (present) {
      present.name = name;
      present.mode = mode;
    } else {
      this.#participants.set(
        participantId,
        new ParticipantMedia(participant, {
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
          chosenChanged: (trackId) => {
            if (this.#microphones.has(trackId)) {
              this.#keepChosen();
            }
          },
        }),
      );
      for (const listener of [...this.#peopleListeners]) {
        listener.joined({ participantId, name, isServerSide: participant.serverSide !== null });
      }
      this.#participants.get(participantId)?.openOwnTracks();
    }
    this.#compositions.refresh();
  }

  setPins(pinnedIds: string[]): void {
    this.#pinnedIds = pinnedIds;
    this.#compositions.refresh();
    this.#keepChosen();
  }

  async closeParticipant(participantId: string): Promise<void> {
    const participant = this.#participants.get(participantId);
    this.#participants.delete(participantId);
    this.#speaker.remove(participantId, nowMs());
    this.#compositions.refresh();
    if (participant) {
      for (const listener of [...this.#peopleListeners]) {
        listener.left(participantId);
      }
      this.#keepChosen();
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
    const holds: CompositionHold[] = [];
    const context: StepContext<unknown> = {
      stepId: step.stepId,
      sessionId: this.sessionId,
      roomId: this.roomId,
      params: step.params,
      part: step.part,
      directory: step.directory,
      nowMs: () => nowMs() - this.#startedAtMs,
      tap: (participantId: string, kinds: readonly TrackKind[], sink: FrameSink): FrameTap =>
        this.require(participantId).tap(kinds, sink),
      people: (listener) => {
        this.#peopleListeners.add(listener);
        for (const { participantId, name, isServerSide } of this.#participants.values()) {
          listener.joined({ participantId, name, isServerSide });
        }
        return () => {
          this.#peopleListeners.delete(listener);
        };
      },
      onAudioLevel: (listener) => {
        this.#audioLevelListeners.add(listener);
        return () => {
          this.#audioLevelListeners.delete(listener);
        };
      },
      openMicrophone: (participantId) => this.require(participantId).openMicrophone(),
      openCamera: (participantId) => this.require(participantId).openCamera(),
      speech: this.#speech,
      addressOf: this.#addressOf,
      compose: () => {
        if (!step.composition) {
          throw new RoomflowError('composition-failed', `A ${step.type} step was given no composition.`);
        }
        const hold = this.#compositions.hold(step.composition.id, step.composition);
        holds.push(hold);
        return hold;
      },
      report: (report) => {
        this.#report(step.stepId, step.part, report);
      },
    };
    try {
      this.#steps.set(step.stepId, { running: type.start(context), part: step.part });
    } catch (error) {
      // A step that has not begun has nobody to end what it held.
      for (const hold of holds) {
        hold.close();
      }
      throw error;
    }
  }

  async stopStep(stepId: string, reason: string): Promise<void> {
    const step = this.#steps.get(stepId);
    await step?.running.stop(reason);
    this.#steps.delete(stepId);
  }

  pauseStep(stepId: string, paused: boolean): void {
    const running = this.#requireStep(stepId);
    if (paused) {
      running.pause?.();
    } else {
      running.resume?.();
    }
  }

  commandStep(stepId: string, command: StepUpdate): void {
    const running = this.#requireStep(stepId);
    if (!running.command) {
      throw new RoomflowError('invalid-step-params', `Step "${stepId}" takes no command "${command.kind}".`);
    }
    running.command(command);
  }

  connectStep(stepId: string, connection: HandedConnection): void {
    const running = this.#requireStep(stepId);
    if (!running.connect) {
      throw new RoomflowError('invalid-request', `Step "${stepId}" is none that can be streamed from or to.`);
    }
    running.connect(connection);
  }

  updateLook(stepId: string, look: CompositionLook): void {
    this.#requireStep(stepId).updateLook?.(look);
  }

  #requireStep(stepId: string): RunningStep {
    const step = this.#steps.get(stepId);
    if (!step) {
      throw new RoomflowError('step-not-running', `Step "${stepId}" does not run in this session.`);
    }
    return step.running;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([...this.#steps.keys()].map((stepId) => this.stopStep(stepId, 'session-closed')));
    await this.#compositions.close();
    await Promise.all(
      [...this.#participants.keys()].map((participantId) => this.closeParticipant(participantId)),
    );
    for (const dispose of this.#levelListeners.values()) {
      dispose();
    }
    this.#levelListeners.clear();
  }

  #people(): SessionPerson[] {
    return [...this.#participants.values()].map((media) => ({
      participantId: media.participantId,
      name: media.name,
      mode: media.mode,
      media,
      published: new Set(media.tracks.map((track) => track.kind)),
      muted: media.muted,
      videoCodec: media.tracks.find((track) => track.kind === 'video')?.codec.name ?? null,
      tap: (kinds, sink) => media.tap(kinds, sink),
    }));
  }

  #othersTracks(self: string): IncomingTrack[] {
    return [...this.#participants.values()]
      .filter((participant) => participant.participantId !== self)
      .flatMap((participant) => participant.tracks);
  }

  #trackAdded(owner: ParticipantMedia, track: IncomingTrack): void {
    this.#compositions.refresh();
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
      // Who tells no level cannot be compared, and what a step says is meant to be heard.
      if (track.extensions.audioLevel !== 0 && !owner.isServerSide) {
        this.#microphones.set(track.trackId, track);
        this.#keepChosen();
        this.#compete(track);
      }
      this.#levelListeners.set(
        track,
        track.onAudioLevel((level, atMs) => {
          if (!this.#mutedTracks.has(track.trackId)) {
            this.#loudest.onLevel(track.trackId, level, atMs);
            this.#speaker.onLevel(participantId, level, atMs);
            for (const listener of this.#audioLevelListeners) {
              listener(participantId, level, atMs);
            }
          }
        }),
      );
    }
  }

  #trackRemoved(owner: ParticipantMedia, track: IncomingTrack): void {
    this.#compositions.refresh();
    this.#levelListeners.get(track)?.();
    this.#levelListeners.delete(track);
    this.#mutedTracks.delete(track.trackId);
    this.#microphones.delete(track.trackId);
    this.#loudest.remove(track.trackId, nowMs());
    for (const participant of this.#participants.values()) {
      if (participant !== owner) {
        participant.withdraw(track);
      }
    }
  }

  #trackMuted(track: IncomingTrack, muted: boolean): void {
    this.#compositions.refresh();
    if (muted) {
      this.#mutedTracks.add(track.trackId);
    } else {
      this.#mutedTracks.delete(track.trackId);
    }
    this.#compete(track);
    for (const participant of this.#participants.values()) {
      participant.forward(track);
    }
  }

  /** A microphone that is muted takes nobody's place; one that is unmuted is heard before it is judged. */
  #compete(track: IncomingTrack): void {
    if (!this.#microphones.has(track.trackId)) {
      return;
    }
    if (this.#mutedTracks.has(track.trackId)) {
      this.#loudest.remove(track.trackId, nowMs());
    } else {
      track.setForwarded(true);
      this.#loudest.add(track.trackId);
    }
  }

  /** Those that are pinned, and those that somebody has chosen to hear, are never held back. */
  #keepChosen(): void {
    const kept = new Set<string>();
    for (const participant of this.#participants.values()) {
      for (const trackId of participant.chosenTracks) {
        kept.add(trackId);
      }
      if (this.#pinnedIds.includes(participant.participantId)) {
        for (const { trackId } of participant.tracks) {
          kept.add(trackId);
        }
      }
    }
    this.#loudest.keep(kept, nowMs());
  }

  #tick(): void {
    const now = nowMs();
    for (const participant of this.#participants.values()) {
      participant.tick(now - this.#startedAtMs);
    }
    this.#speaker.evaluate(now);
    this.#compositions.tick();
  }
}
