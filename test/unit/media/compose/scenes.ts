import type { Look, Scene, ScenePerson } from '../../../../runtime/media/index.ts';

/** A person with camera and microphone, unless said otherwise. */
export const person = (participantId: string, differs: Partial<ScenePerson> = {}): ScenePerson => ({
  participantId,
  name: participantId.toUpperCase(),
  camera: `${participantId}/video`,
  screen: null,
  microphone: `${participantId}/audio`,
  screenAudio: null,
  cameraMuted: false,
  microphoneMuted: false,
  ...differs,
});

export const sharing = (participantId: string): ScenePerson =>
  person(participantId, { screen: `${participantId}/screen_video` });

/** `p0`, `p1`, … */
export const crowd = (count: number): ScenePerson[] =>
  Array.from({ length: count }, (_, index) => person(`p${index}`));

export const scene = (people: ScenePerson[], differs: Partial<Scene> = {}): Scene => ({
  people,
  activeSpeakerId: null,
  pinnedIds: [],
  ...differs,
});

export const look = (layout: Partial<Look['layout']> = {}, differs: Partial<Look> = {}): Look => ({
  layout: { type: 'GRID', priority: 'SPEAKER', gridSize: 25, ...layout },
  theme: 'DARK',
  labels: true,
  backgroundColor: null,
  backgroundFile: null,
  watermarks: [],
  ...differs,
});

export const canvases = {
  low: { width: 854, height: 480 },
  med: { width: 1280, height: 720 },
  high: { width: 1920, height: 1080 },
  'low portrait': { width: 480, height: 854 },
  'med portrait': { width: 720, height: 1280 },
  'high portrait': { width: 1080, height: 1920 },
};
