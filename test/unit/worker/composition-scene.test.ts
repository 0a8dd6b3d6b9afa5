import { describe, expect, it } from 'vitest';
import {
  buildScene,
  sourceIdOf,
  takenKinds,
  trackOf,
  type PresentPerson,
} from '../../../runtime/worker/composition-scene.ts';

const person = (participantId: string, changes: Partial<PresentPerson> = {}): PresentPerson => ({
  participantId,
  name: `Name of ${participantId}`,
  mode: 'SEND_AND_RECV',
  published: new Set(['audio', 'video']),
  muted: new Set(),
  ...changes,
});

const everybody = { chosen: null, withPicture: true, activeSpeakerId: null, pinnedIds: [] };

describe('the scene of a composition', () => {
  it('holds everybody who may send, in the order they came', () => {
    const scene = buildScene([person('zoe'), person('ada'), person('eve', { mode: 'RECV_ONLY' })], everybody);
    expect(scene.people.map(({ name }) => name)).toEqual(['Name of zoe', 'Name of ada']);
  });

  it('shows somebody without camera too, with what is muted', () => {
    const [ada] = buildScene(
      [person('ada', { published: new Set(['audio']), muted: new Set(['audio']) })],
      everybody,
    ).people;
    expect(ada).toEqual({
      participantId: 'ada',
      name: 'Name of ada',
      camera: null,
      screen: null,
      microphone: 'ada/audio',
      screenAudio: null,
      cameraMuted: false,
      microphoneMuted: true,
    });
  });

  it('holds nobody but those who are chosen, and of them what is chosen', () => {
    const { people } = buildScene([person('ada'), person('bob'), person('eve')], {
      ...everybody,
      chosen: [{ participantId: 'bob' }, { participantId: 'eve', kind: 'audio' }],
    });
    expect(
      people.map(({ participantId, camera, microphone }) => [participantId, camera, microphone]),
    ).toEqual([
      ['bob', 'bob/video', 'bob/audio'],
      ['eve', null, 'eve/audio'],
    ]);
  });

  it('takes no pictures when sound alone is asked for', () => {
    expect(takenKinds(person('ada'), null, false)).toEqual(['audio', 'screen_audio']);
    const [ada] = buildScene([person('ada')], { ...everybody, withPicture: false }).people;
    expect(ada).toMatchObject({ camera: null, microphone: 'ada/audio' });
  });

  it('forgets a speaker and pins who are not in the picture', () => {
    const scene = buildScene([person('ada'), person('bob')], {
      ...everybody,
      chosen: [{ participantId: 'ada' }],
      activeSpeakerId: 'bob',
      pinnedIds: ['bob', 'ada'],
    });
    expect(scene).toMatchObject({ activeSpeakerId: null, pinnedIds: ['ada'] });
  });

  it('is that of an empty room when nobody is there', () => {
    expect(buildScene([], everybody)).toEqual({ people: [], activeSpeakerId: null, pinnedIds: [] });
  });
});

describe('the id of a source', () => {
  it('leads back to its track, also for participants with a slash in their id', () => {
    expect(trackOf(sourceIdOf('team/ada', 'screen_video'))).toEqual({
      participantId: 'team/ada',
      kind: 'screen_video',
    });
  });
});
