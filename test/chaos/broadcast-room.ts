import type {
  Graph,
  GraphDocument,
  GraphInstance,
  HlsStream,
  Livestream,
  Page,
  Room,
  Step,
  StepState,
  Transcription,
} from '../../runtime/contract/index.ts';
import { parseMediaPlaylist } from '../support/hls/index.ts';
import type { ApiClient, StartedRecording } from '../support/runtime/index.ts';
import type { RtmpServer } from '../support/rtmp/index.ts';
import type { GuestClips } from './clips.ts';
import { LastingGuest } from './lasting-guest.ts';
import { takesMediaDown, type KillTarget } from './plan.ts';
import type { RuntimeUnderFire } from './runtime-under-fire.ts';

/** Records whoever talks, by itself: each guest of this id once, for as long as it is there. */
const recordingGraph: GraphDocument = {
  version: 1,
  name: 'Record who talks',
  nodes: {
    joined: { on: 'participant-joined', where: { participantId: 'talking' } },
    microphone: { do: 'tap', from: 'joined', with: { kinds: ['audio'] } },
    file: { do: 'record', from: 'microphone', with: { mode: 'audio' } },
  },
};

const over: readonly StepState[] = ['finished', 'failed', 'cancelled'];

/** Everything that a room of a run is asked to do. */
export type Started = {
  /** Of the steady guest. */
  participantRecording: StartedRecording;
  roomRecording: StartedRecording;
  livestream: Livestream;
  hls: HlsStream;
  transcription: Transcription;
  graph: Graph;
};

/** What was there at a kill, so that what comes after it can be told from it. */
export type BeforeKill = { target: KillTarget; atMs: number; pushes: number };

/**
 * A room with two guests in which everything runs that a crash could hurt: the recordings of one of them and of the
 * room, RTMP, HLS and a live transcript.
 */
export class BroadcastRoom {
  readonly room: Room;
  readonly guests: { steady: LastingGuest; talking: LastingGuest };
  #started: Started | undefined;
  readonly #runtime: RuntimeUnderFire;
  readonly #rtmp: RtmpServer;

  private constructor(
    room: Room,
    guests: { steady: LastingGuest; talking: LastingGuest },
    runtime: RuntimeUnderFire,
    rtmp: RtmpServer,
  ) {
    this.room = room;
    this.guests = guests;
    this.#runtime = runtime;
    this.#rtmp = rtmp;
  }

  static async open(options: {
    runtime: RuntimeUnderFire;
    rtmp: RtmpServer;
    clips: { steady: GuestClips; talking: GuestClips };
    webhookUrl: string;
  }): Promise<BroadcastRoom> {
    const { url, api, token } = options.runtime.clients;
    const room = await api.createRoom({ webhook: { endPoint: options.webhookUrl } });
    const guest = async (name: 'steady' | 'talking'): Promise<LastingGuest> =>
      new LastingGuest({
        ...{ url, roomId: room.roomId, participantId: name },
        ...{ token: await token(), clips: options.clips[name] },
      });
    const guests = { steady: await guest('steady'), talking: await guest('talking') };
    return new BroadcastRoom(room, guests, options.runtime, options.rtmp);
  }

  get roomId(): string {
    return this.room.roomId;
  }

  get started(): Started {
    if (this.#started === undefined) {
      throw new Error('nothing has been started in the room');
    }
    return this.#started;
  }

  /** Asks for all of it at once. Resolves when it is being started. */
  async start(): Promise<void> {
    const { roomId, api } = this;
    const config = { quality: 'low' };
    const post = <T>(path: string, body: object): Promise<T> =>
      api.call<T>('POST', path, { roomId, ...body });
    const [participantRecording, roomRecording, livestream, hls, transcription, graph] = await Promise.all([
      api.record(roomId, this.guests.steady.participantId),
      post<StartedRecording>('/v2/recordings/start', { config }),
      post<Livestream>('/v2/livestreams/start', {
        outputs: [{ url: this.#rtmp.url, streamKey: roomId }],
        config,
      }),
      post<HlsStream>('/v2/hls/start', { config }),
      post<Transcription>('/ai/v1/realtime-transcriptions/start', {
        participantIds: [this.guests.talking.participantId],
      }),
      post<Graph>('/v2/graphs', { document: recordingGraph }),
    ]);
    this.#started = { participantRecording, roomRecording, livestream, hls, transcription, graph };
  }

  async steps(): Promise<Step[]> {
    return (await this.api.call<{ data: Step[] }>('GET', `/v2/rooms/${this.roomId}/steps`)).data;
  }

  /** Connections that the RTMP server has had from this room. */
  async pushes(): Promise<number> {
    return (await this.#rtmp.recordings(this.roomId)).length;
  }

  /** What is not as it is when everybody sends and everything runs, in words. */
  async notWell(before?: BeforeKill): Promise<string[]> {
    const wanting = Object.values(this.guests).flatMap((guest) => {
      const since = guest.sendingSinceMs;
      const isOld = before !== undefined && takesMediaDown(before.target) && (since ?? 0) < before.atMs;
      return since === null || isOld ? [`${guest.participantId} is not back`] : [];
    });
    const steps = await this.steps();
    const ofGraph = (await this.#instances()).flatMap(({ nodes }) => nodes);
    if (ofGraph.length === 0) {
      wanting.push('the graph does not run');
    }
    for (const { nodeId, state } of ofGraph) {
      if (state !== 'running') {
        wanting.push(`${nodeId} of the graph is ${state}`);
      }
    }
    for (const stepId of this.#stepIds()) {
      const step = steps.find((candidate) => candidate.id === stepId);
      if (step?.state !== 'running') {
        wanting.push(`${step?.step ?? stepId} is ${step?.state ?? 'unknown'}`);
      }
    }
    // What runs only makes sense to ask for once all of it is said to run.
    return wanting.length > 0 ? wanting : await this.#notFlowing(before);
  }

  /** Steps that have ended although nobody has stopped them: no use to wait for them. */
  async endedTooSoon(): Promise<string[]> {
    const ids = this.#stepIds();
    const instances = await this.#instances();
    return [
      ...(await this.steps())
        .filter(({ id, state }) => ids.includes(id) && over.includes(state))
        .map(({ step, state, reason }) => `${step} is ${state} (${reason}) although it was not stopped`),
      ...instances
        .filter(({ state }) => state !== 'running')
        .map(({ state, reason }) => `the graph is ${state} (${reason}) although it was not stopped`),
    ];
  }

  /** Asks everything that still runs to end; what cannot be asked any more has ended. */
  async stopSteps(): Promise<void> {
    const live = (await this.steps()).filter(({ state }) => !over.includes(state));
    await Promise.all(live.map(({ id }) => this.api.step(id, 'stop')));
  }

  /** Guests stay away, and the session ends for all who are in it. */
  async endSession(): Promise<void> {
    this.guests.steady.stayAway();
    this.guests.talking.stayAway();
    const { activeSessionId } = await this.api.call<Room>('GET', `/v2/rooms/${this.roomId}`);
    if (activeSessionId !== null) {
      await this.api.endSession(this.roomId);
    }
  }

  get api(): ApiClient {
    return this.#runtime.clients.api;
  }

  #stepIds(): string[] {
    const { participantRecording, roomRecording, livestream, hls, transcription } = this.started;
    return [participantRecording, roomRecording, livestream, hls, transcription].flatMap(
      ({ stepId }) => stepId ?? [],
    );
  }

  async #instances(): Promise<GraphInstance[]> {
    const path = `/v2/graphs/${this.started.graph.id}/instances`;
    return (await this.api.call<Page<GraphInstance>>('GET', path)).data;
  }

  async #notFlowing(before: BeforeKill | undefined): Promise<string[]> {
    const { livestream, hls } = this.started;
    const wanting: string[] = [];
    const { outputs } = await this.api.call<Livestream>('GET', `/v2/livestreams/${livestream.id}`);
    for (const { outputId, state } of outputs) {
      if (state !== 'live') {
        wanting.push(`RTMP output ${outputId} is ${state}`);
      }
    }
    const breaksPush = before !== undefined && (takesMediaDown(before.target) || before.target === 'ffmpeg');
    if (breaksPush && (await this.pushes()) <= before.pushes) {
      wanting.push('the RTMP server has no new connection');
    }
    const edgeMs = await this.#hlsEdgeMs(hls);
    if (edgeMs === null || edgeMs < (before?.atMs ?? 0)) {
      wanting.push('HLS has nothing of now');
    }
    const target = before?.target;
    if ((target === 'compositor' || target === 'listener') && !(await this.#runtime.has(target))) {
      wanting.push(`there is no ${target}`);
    }
    return wanting;
  }

  /** When the newest part of the stream was composed, in milliseconds since 1970; null before there is one. */
  async #hlsEdgeMs(hls: HlsStream): Promise<number | null> {
    const response = await fetch(hls.livestreamUrl.replace('live.m3u8', 'low/live.m3u8'));
    if (!response.ok) {
      return null;
    }
    let edgeMs: number | null = null;
    for (const segment of parseMediaPlaylist(await response.text()).segments) {
      const startMs: number | null = segment.programDateTimeMs ?? edgeMs;
      const seconds =
        segment.durationSeconds ?? segment.parts.reduce((sum, part) => sum + part.durationSeconds, 0);
      edgeMs = startMs === null ? null : startMs + seconds * 1000;
    }
    return edgeMs;
  }
}
