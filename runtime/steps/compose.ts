import { stepParams } from '../contract/index.ts';
import { defineStep } from './step.ts';

const PROGRESS_MS = 2000;

/**
 * Holds one composition of the room under a name: steps that name it in `from` take it, and it can be changed before,
 * while and after they do. By itself it encodes nothing.
 */
export const compose = defineStep({
  name: 'compose',
  params: stepParams.compose,
  inputs: [{ name: 'room', carries: 'audio-video' }],
  outputs: [{ name: 'composition', carries: 'audio-video' }],
  start(context) {
    const composition = context.compose();
    composition.onFailure((error) => {
      context.report({ type: 'failure', code: 'composition-failed', message: error.message });
    });
    const timer = setInterval(() => {
      context.report({ type: 'progress', progress: composition.stats() });
    }, PROGRESS_MS);
    return {
      updateLook(look) {
        composition.update(look);
      },
      stop() {
        clearInterval(timer);
        composition.close();
        return Promise.resolve();
      },
    };
  },
});
