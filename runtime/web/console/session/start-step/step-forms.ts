import type { StepRequest } from '../../../../contract/index.ts';

/** What can be started by hand, and what is asked for it. */
export type StepChoice = 'record-room' | 'record-person' | 'rtmp' | 'hls' | 'transcribe';

export const stepChoices: readonly { choice: StepChoice; label: string; about: string }[] = [
  { choice: 'record-room', label: 'Record the room', about: 'Everybody in one picture and one mix' },
  { choice: 'record-person', label: 'Record a person', about: 'A file of their own, as it was sent' },
  { choice: 'hls', label: 'Stream by HLS', about: 'For viewers on the watch page, seconds behind' },
  { choice: 'rtmp', label: 'Go live by RTMP', about: 'To YouTube, Twitch or any RTMP server' },
  { choice: 'transcribe', label: 'Transcribe', about: 'What everybody says, as text' },
];

export type StepInput = {
  choice: StepChoice;
  participantId: string;
  audioOnly: boolean;
  quality: 'low' | 'med' | 'high';
  layout: 'GRID' | 'SIDEBAR' | 'SPOTLIGHT';
  url: string;
  streamKey: string;
  isProtected: boolean;
  engine: string;
  language: string;
};

export const emptyInput: StepInput = {
  choice: 'record-room',
  participantId: '',
  audioOnly: false,
  quality: 'med',
  layout: 'GRID',
  url: '',
  streamKey: '',
  isProtected: false,
  engine: '',
  language: '',
};

/** The step that a filled form asks for. Pure. */
export function stepRequestOf(input: StepInput): StepRequest {
  const { quality, layout, audioOnly } = input;
  const config = { quality, layout: { type: layout } };
  switch (input.choice) {
    case 'record-room':
      return {
        step: 'record',
        with: { source: 'room', config: audioOnly ? { mode: 'audio' } : config },
      };
    case 'record-person':
      return {
        step: 'record',
        with: { participantId: input.participantId, ...(audioOnly ? { mode: 'audio' } : {}) },
      };
    case 'rtmp': {
      const streamKey = input.streamKey.trim();
      const output = { url: input.url.trim(), ...(streamKey === '' ? {} : { streamKey }) };
      return { step: 'rtmp', with: { outputs: [output], config } };
    }
    case 'hls':
      return { step: 'hls', with: { config, ...(input.isProtected ? { protected: true } : {}) } };
    case 'transcribe':
      return {
        step: 'transcribe',
        with: {
          ...(input.engine === '' ? {} : { engine: input.engine }),
          ...(input.language.trim() === '' ? {} : { language: input.language.trim() }),
        },
      };
  }
}
