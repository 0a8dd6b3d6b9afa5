import type { ComposedParticipants, ParticipantMode, TrackKind } from '../contract/index.ts';
import type { Scene, ScenePerson, SourceId } from '../media/index.ts';

/** A participant of the session, as far as pictures show it. */
export type PresentPerson = {
  participantId: string;
  name: string;
  mode: ParticipantMode;
  /** Kinds that are published now, muted or not. */
  published: ReadonlySet<TrackKind>;
  muted: ReadonlySet<TrackKind>;
};

/** The id under which a compositor knows a track. */
export const sourceIdOf = (participantId: string, kind: TrackKind): SourceId => `${participantId}/${kind}`;

/** A track by its id; participant ids may hold slashes, kinds do not. */
export function trackOf(source: SourceId): { participantId: string; kind: TrackKind } {
  const slash = source.lastIndexOf('/');
  // Only ids made by sourceIdOf are handed to compositors, and they hand back nothing else.
  return { participantId: source.slice(0, slash), kind: source.slice(slash + 1) as TrackKind };
}

/**
 * Which of a participant's tracks a composition takes: none of those who only watch or are not chosen, otherwise
 * what was chosen, or all. Pure.
 */
export function takenKinds(
  { participantId, mode }: Pick<PresentPerson, 'participantId' | 'mode'>,
  chosen: ComposedParticipants | null,
  withPicture: boolean,
): TrackKind[] {
  if (mode !== 'SEND_AND_RECV') {
    return [];
  }
  const kinds = withPicture ? allKinds : soundKinds;
  if (chosen === null) {
    return kinds;
  }
  const entries = chosen.filter((entry) => entry.participantId === participantId);
  return kinds.filter((kind) => entries.some((entry) => entry.kind === undefined || entry.kind === kind));
}

const soundKinds: TrackKind[] = ['audio', 'screen_audio'];
const allKinds: TrackKind[] = ['audio', 'video', 'screen_audio', 'screen_video'];

/** Who is to be seen and heard, in the order they came. Pure. */
export function buildScene(
  people: readonly PresentPerson[],
  options: {
    chosen: ComposedParticipants | null;
    withPicture: boolean;
    activeSpeakerId: string | null;
    pinnedIds: readonly string[];
  },
): Scene {
  const shown = people.flatMap((person): ScenePerson[] => {
    const taken = takenKinds(person, options.chosen, options.withPicture);
    if (taken.length === 0) {
      return [];
    }
    const source = (kind: TrackKind): SourceId | null =>
      taken.includes(kind) && person.published.has(kind) ? sourceIdOf(person.participantId, kind) : null;
    return [
      {
        participantId: person.participantId,
        name: person.name,
        camera: source('video'),
        screen: source('screen_video'),
        microphone: source('audio'),
        screenAudio: source('screen_audio'),
        cameraMuted: person.muted.has('video'),
        microphoneMuted: person.muted.has('audio'),
      },
    ];
  });
  const isShown = (id: string): boolean => shown.some(({ participantId }) => participantId === id);
  return {
    people: shown,
    activeSpeakerId:
      options.activeSpeakerId !== null && isShown(options.activeSpeakerId) ? options.activeSpeakerId : null,
    pinnedIds: options.pinnedIds.filter(isShown),
  };
}
