import { describe, expect, it } from 'vitest';
import { parseParams } from '../../../../runtime/graph/step-params.ts';
import {
  emptyInput,
  stepChoices,
  stepRequestOf,
} from '../../../../runtime/web/console/session/start-step/step-forms.ts';

const filled = {
  ...emptyInput,
  participantId: 'ada',
  url: ' rtmps://live.example/app ',
  streamKey: ' key ',
  isProtected: true,
  engine: 'pocketsphinx',
  language: 'en-US',
};

describe('a step started by hand', () => {
  it.each(stepChoices.map(({ choice }) => choice))('asks for what the runtime takes: %s', (choice) => {
    for (const audioOnly of [false, true]) {
      const { step, with: params } = stepRequestOf({ ...filled, choice, audioOnly });
      expect(() => parseParams(step, params)).not.toThrow();
    }
  });

  it('sends the address and the key without what was pasted around them', () => {
    expect(stepRequestOf({ ...filled, choice: 'rtmp' }).with['outputs']).toEqual([
      { url: 'rtmps://live.example/app', streamKey: 'key' },
    ]);
    expect(stepRequestOf({ ...filled, choice: 'rtmp', streamKey: '' }).with['outputs']).toEqual([
      { url: 'rtmps://live.example/app' },
    ]);
  });

  it('leaves to the runtime what was left empty', () => {
    expect(stepRequestOf({ ...emptyInput, choice: 'transcribe' })).toEqual({ step: 'transcribe', with: {} });
  });
});
