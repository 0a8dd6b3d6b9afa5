import { trackKinds, type TrackKind } from '../contract/index.ts';
import type { EncodedFrame, SourceId } from '../media/index.ts';
import type { FrameSink, FrameTap } from '../steps/index.ts';
import { sourceIdOf, type PresentPerson } from './composition-scene.ts';

/** A participant as a composition takes it. `media` tells one stay of an id from the next. */
export type SessionPerson = PresentPerson & {
  media: object;
  videoCodec: string | null;
  tap(kinds: readonly TrackKind[], sink: FrameSink): FrameTap;
};

/** One participant's tracks on their way into a composition. */
export class CompositionFeed {
  readonly participantId: string;
  readonly media: object;
  readonly kinds: readonly TrackKind[];
  readonly #tap: FrameTap;

  constructor(
    person: SessionPerson,
    kinds: readonly TrackKind[],
    on: {
      frame(source: SourceId, kind: TrackKind, frame: EncodedFrame): void;
      /** Something came, went, or was muted. */
      changed: () => void;
    },
  ) {
    this.participantId = person.participantId;
    this.media = person.media;
    this.kinds = kinds;
    // Made once: this is looked up per frame.
    const sources = Object.fromEntries(
      trackKinds.map((kind) => [kind, sourceIdOf(person.participantId, kind)]),
    ) as Record<TrackKind, SourceId>;
    this.#tap = person.tap(kinds, {
      frame(kind, frame) {
        on.frame(sources[kind], kind, frame);
      },
      muted: on.changed,
      trackEnded: on.changed,
      participantLeft: on.changed,
    });
  }

  requestKeyFrame(kind: TrackKind): void {
    this.#tap.requestKeyFrame(kind);
  }

  close(): void {
    this.#tap.close();
  }
}
