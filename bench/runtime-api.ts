import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { HlsStream, JoinLink, Recording, Room, type CompositionConfig } from '../runtime/contract/index.ts';

const Started = Type.Object({ recordingId: Type.String() });
const Anything = Type.Unknown();

/** The calls of the runtime's API that the benches make, as a client with the server key. */
export class RuntimeApi {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, serverKey: string) {
    this.#url = url;
    this.#key = serverKey;
  }

  /** Makes a room, with a webhook when one is given. */
  async createRoom(webhook?: { endPoint: string; events: string[] }): Promise<string> {
    const body = webhook === undefined ? {} : { webhook };
    return (await this.#call(Room, 'POST', '/v2/rooms', body)).roomId;
  }

  /** A token that lets anybody join one room. */
  async createToken(roomId: string): Promise<string> {
    return (await this.#call(JoinLink, 'POST', `/v2/rooms/${roomId}/join-links`, {})).token;
  }

  /** The address of the join page for one participant. */
  async joinLink(roomId: string, participantId: string): Promise<string> {
    return (await this.#call(JoinLink, 'POST', `/v2/rooms/${roomId}/join-links`, { participantId })).url;
  }

  /** Starts streaming a room to viewers. */
  async startHls(roomId: string, config: CompositionConfig): Promise<HlsStream> {
    return await this.#call(HlsStream, 'POST', '/v2/hls/start', { roomId, config });
  }

  async stopHls(roomId: string): Promise<void> {
    await this.#call(Anything, 'POST', '/v2/hls/end', { roomId });
  }

  async startTranscription(roomId: string, engine: string): Promise<void> {
    await this.#call(Anything, 'POST', '/ai/v1/realtime-transcriptions/start', { roomId, engine });
  }

  async endTranscription(roomId: string): Promise<void> {
    await this.#call(Anything, 'POST', '/ai/v1/realtime-transcriptions/end', { roomId });
  }

  async endSession(roomId: string): Promise<void> {
    await this.#call(Anything, 'POST', '/v2/sessions/end', { roomId });
  }

  /** Starts the recording of a participant; answers its id. */
  async startRecording(roomId: string, participantId: string): Promise<string> {
    const body = { roomId, participantId };
    return (await this.#call(Started, 'POST', '/v2/recordings/participant/start', body)).recordingId;
  }

  async stopRecording(roomId: string, participantId: string): Promise<void> {
    await this.#call(Anything, 'POST', '/v2/recordings/participant/stop', { roomId, participantId });
  }

  async recording(recordingId: string): Promise<Recording> {
    return await this.#call(Recording, 'GET', `/v2/recordings/participant/${recordingId}`);
  }

  /** Removes a recording and its files, so that a long run does not fill the disk. */
  async deleteRecording(recordingId: string): Promise<void> {
    await this.#call(Anything, 'DELETE', `/v2/recordings/participant/${recordingId}`);
  }

  /** The Prometheus metrics as text. */
  async metrics(): Promise<string> {
    return await this.#request('GET', '/metrics');
  }

  async #call<Schema extends TSchema>(
    schema: Schema,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Static<Schema>> {
    const text = await this.#request(method, path, body);
    const answer: unknown = text === '' ? null : JSON.parse(text);
    if (!Value.Check(schema, answer)) {
      const [first] = Value.Errors(schema, answer);
      throw new Error(
        `The runtime answered ${method} ${path} unexpectedly at "${first?.instancePath}": ${first?.message}`,
      );
    }
    return answer;
  }

  async #request(method: string, path: string, body?: unknown): Promise<string> {
    const answer = await fetch(new URL(path, this.#url), {
      method,
      headers: {
        authorization: this.#key,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`The runtime answered ${method} ${path} with ${answer.status}: ${text}`);
    }
    return text;
  }
}
