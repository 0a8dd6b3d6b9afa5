import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { EventEnvelope, JoinLink, pageOf, Recording, Room } from '../runtime/contract/index.ts';

const Events = Type.Object({ events: Type.Array(EventEnvelope), cursor: Type.String() });
const Recordings = pageOf(Recording);

export type DemoRecording = Static<typeof Recording>;
export type DemoEvent = Static<typeof EventEnvelope>;

/** The calls of the runtime's API that the demo makes. */
export class RoomflowApi {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, serverKey: string) {
    this.#url = url;
    this.#key = serverKey;
  }

  /** Makes a room; asking again for the same custom id answers the same room. */
  async createRoom(customRoomId?: string): Promise<Static<typeof Room>> {
    const body = customRoomId === undefined ? {} : { customRoomId };
    return await this.#call(Room, 'POST', '/v2/rooms', body);
  }

  /** A link that lets one person in. */
  async createJoinLink(
    roomId: string,
    person: { name?: string; participantId?: string; permissions?: string[]; page?: 'join' | 'watch' },
  ): Promise<string> {
    const link = await this.#call(JoinLink, 'POST', `/v2/rooms/${roomId}/join-links`, person);
    return link.url;
  }

  /** Every event of a room, oldest first. */
  async events(roomId: string): Promise<DemoEvent[]> {
    const all: DemoEvent[] = [];
    let cursor = 'earliest';
    for (;;) {
      const query = new URLSearchParams({ roomId, cursor, limit: '1000' });
      const page = await this.#call(Events, 'GET', `/v2/events?${query}`);
      if (page.events.length === 0) {
        return all;
      }
      all.push(...page.events);
      ({ cursor } = page);
    }
  }

  /** The participant recordings of a room. */
  async participantRecordings(roomId: string): Promise<DemoRecording[]> {
    const query = new URLSearchParams({ roomId, perPage: '200' });
    return (await this.#call(Recordings, 'GET', `/v2/recordings/participant?${query}`)).data;
  }

  async #call<Schema extends TSchema>(
    schema: Schema,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Static<Schema>> {
    const answer = await fetch(new URL(path, this.#url), {
      method,
      headers: { authorization: this.#key, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`The runtime answered ${method} ${path} with ${answer.status}: ${text}`);
    }
    const parsed: unknown = JSON.parse(text);
    if (!Value.Check(schema, parsed)) {
      const [first] = Value.Errors(schema, parsed);
      throw new Error(
        `The runtime answered ${method} ${path} unexpectedly at ${first?.instancePath}: ${first?.message}`,
      );
    }
    return parsed;
  }
}
