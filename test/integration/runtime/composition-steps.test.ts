import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Step } from '../../../runtime/contract/index.ts';
import { colourDistance, pictureAt, type Colour } from '../../support/oracle/index.ts';
import { completedRecording, startRuntime, type InProcessRuntime } from '../../support/runtime/index.ts';

let runtime: InProcessRuntime;
beforeAll(async () => {
  runtime = await startRuntime();
});
afterAll(() => runtime[Symbol.asyncDispose]());

/** A room with somebody in it who sends nothing. */
async function room() {
  const { roomId } = await runtime.api.createRoom();
  const ada = await runtime.join(roomId, { participantId: 'ada', name: 'Ada' });
  return {
    roomId,
    ada,
    start: (step: string, params: Record<string, unknown>, from?: string) =>
      runtime.api.startStep(roomId, { step, with: params, ...(from === undefined ? {} : { from }) }),
    refused: async (step: string, params: Record<string, unknown>, from?: string) =>
      runtime.api.send('POST', `/v2/rooms/${roomId}/steps`, {
        step,
        with: params,
        ...(from === undefined ? {} : { from }),
      }),
    [Symbol.asyncDispose]: () => ada.drop(),
  };
}

const patch = (stepId: string, config: unknown) =>
  runtime.api.send('PATCH', `/v2/steps/${stepId}`, { config });
const low = { quality: 'low' };

/** What a step tells of itself once that holds something. */
async function progressWith(stepId: string, name: string): Promise<Record<string, unknown>> {
  let progress: Record<string, unknown> = {};
  await expect
    .poll(
      async () => {
        ({ progress } = await runtime.api.step(stepId));
        return progress[name];
      },
      { timeout: 15_000 },
    )
    .toBeDefined();
  return progress;
}

describe('steps of a composed room', () => {
  it('share one compositor when they ask for the same, and when they name a compose step', async () => {
    await using here = await room();
    const picture = await here.start('compose', { config: low });
    const same = await here.start('compose', { config: { ...low, layout: { type: 'GRID' } } });
    const fed = await here.start('record', {}, picture.id);
    const other = await here.start('compose', { config: { quality: 'med' } });
    expect(fed).toMatchObject({
      participantId: null,
      from: picture.id,
      with: { source: 'room', config: low },
    });
    const pids = await Promise.all(
      [picture, same, fed, other].map(
        async ({ id }) => (await progressWith(id, 'compositorPid'))['compositorPid'],
      ),
    );
    expect(new Set(pids.slice(0, 3)).size).toBe(1);
    expect(pids[3]).not.toBe(pids[0]);
  });

  it('are changed together, and each says so', async () => {
    await using here = await room();
    const picture = await here.start('compose', { config: low });
    const fed = await here.start('record', {}, picture.id);
    const apart = await here.start('compose', { config: { theme: 'DARK' } });
    const changed = await patch(picture.id, { layout: { type: 'SIDEBAR', priority: 'PIN' }, labels: false });
    expect(changed).toMatchObject({ status: 200, body: { state: 'running' } });
    const config = { ...low, labels: false, layout: { type: 'SIDEBAR', priority: 'PIN' } };
    for (const { id } of [picture, fed]) {
      expect((await runtime.api.step(id)).with['config']).toEqual(config);
      const { data } = await runtime.events.event('composition-changed', (event) => event.data.stepId === id);
      expect(data.config).toEqual(config);
    }
    expect((await runtime.api.step(apart.id)).with['config']).toEqual({ theme: 'DARK' });
    await patch(fed.id, { layout: { gridSize: 4 } });
    expect((await runtime.api.step(picture.id)).with['config']).toMatchObject({
      layout: { type: 'SIDEBAR', priority: 'PIN', gridSize: 4 },
    });
  });

  it('go on when somebody leaves, and end with the session', async () => {
    const here = await room();
    const bob = await runtime.join(here.roomId, { participantId: 'bob' });
    const picture = await here.start('compose', { config: low });
    await here.ada.leave();
    await runtime.events.event('participant-left', ({ roomId }) => roomId === here.roomId);
    await expect.poll(async () => (await runtime.api.step(picture.id)).state).toBe('running');
    await bob.leave();
    const { data } = await runtime.events.event(
      'step-changed',
      (event) => event.data.stepId === picture.id && event.data.to === 'finished',
    );
    expect(data.reason).toBe('session-ended');
  });

  it('look in a fresh worker as they were changed to', async () => {
    await using here = await room();
    // Of somebody who leaves: nothing but the background is to be seen.
    const bob = await runtime.join(here.roomId, { participantId: 'bob' });
    const participants = [{ participantId: 'bob' }];
    const file = await here.start('record', { source: 'room', config: low, participants });
    await bob.leave();
    await progressWith(file.id, 'bytes');
    await patch(file.id, { background: { color: '#c00000' }, labels: false });
    process.kill(runtime.served.runtime.pool.pidOf(file.sessionId)!, 'SIGKILL');
    await expect
      .poll(
        async () => {
          const { progress } = await runtime.api.step(file.id);
          return (progress['partStartsMs'] as Record<string, number> | undefined)?.['2'];
        },
        { timeout: 15_000 },
      )
      .toBeTypeOf('number');
    await runtime.api.step(file.id, 'stop');
    const [recorded] = await completedRecording(runtime, file.recordingId!, 'composite');
    const { meanColour } = await pictureAt(recorded!.filePath, recorded!.meta.duration);
    const red: Colour = { red: 192, green: 0, blue: 0 };
    expect(colourDistance(meanColour, red)).toBeLessThan(20);
  });
});

describe('what a composed room cannot be', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['an unknown layout', { layout: { type: 'CIRCLE' } }, '/layout/type'],
    ['an unknown quality', { quality: 'ultra' }, '/quality'],
    ['more people than fit', { layout: { gridSize: 26 } }, '/layout/gridSize'],
    ['nobody', { layout: { gridSize: 0 } }, '/layout/gridSize'],
    ['an unknown key', { size: 'large' }, '/size'],
    ['a watermark without its image', { watermarks: [{ type: 'image' }] }, '/watermarks/0/imageUrl'],
    ['four watermarks', { watermarks: Array(4).fill({ type: 'clock' }) }, '/watermarks'],
  ])('is %s: it is refused with a pointer', async (_what, config, pointer) => {
    await using here = await room();
    const answer = await here.refused('compose', { config });
    expect(answer).toMatchObject({
      status: 422,
      body: {
        code: 'invalid-composition',
        details: [{ pointer: `/with/config${pointer}`, message: expect.any(String) as string }],
      },
    });
  });

  it('is refused when it is changed to that, and stays as it was', async () => {
    await using here = await room();
    const { id } = await here.start('compose', { config: low });
    for (const config of [
      { layout: { type: 'CIRCLE' } },
      { watermarks: [{ type: 'text' }] },
      { quality: 'high' },
    ]) {
      expect(await patch(id, config)).toMatchObject({ status: 422, body: { code: 'invalid-composition' } });
    }
    expect((await runtime.api.step(id)).with['config']).toEqual(low);
  });

  it('is a step without a picture, one that has ended, or one that is not there', async () => {
    await using here = await room();
    const tap = await here.start('tap', { participantId: 'ada' });
    const sound = await here.start('compose', { config: { mode: 'audio' } });
    const ended: Step = await here.start('compose', { config: low });
    await runtime.api.step(ended.id, 'stop');
    const change = { labels: false };
    expect(await patch(tap.id, change)).toMatchObject({ status: 422, body: { code: 'invalid-step-params' } });
    expect(await patch(sound.id, change)).toMatchObject({
      status: 422,
      body: { code: 'invalid-composition' },
    });
    expect(await patch(ended.id, change)).toMatchObject({ status: 409, body: { code: 'step-not-running' } });
    expect(await patch('stp_none', change)).toMatchObject({ status: 404, body: { code: 'step-not-found' } });
  });

  it('is a picture of its own beside another step’s, or one participant’s media', async () => {
    await using here = await room();
    const picture = await here.start('compose', { config: low });
    const tap = await here.start('tap', { participantId: 'ada' });
    for (const [step, params, from] of [
      ['record', { config: low }, picture.id],
      ['hls', {}, tap.id],
      ['record', { source: 'room', participantId: 'ada' }, undefined],
      ['compose', { participantId: 'ada' }, undefined],
    ] as const) {
      expect(await here.refused(step, params, from)).toMatchObject({
        status: 422,
        body: { code: 'invalid-step-params' },
      });
    }
  });

  it.each<[string, Record<string, unknown>]>([
    ['compose', {}],
    ['record', { source: 'room' }],
    ['hls', {}],
    ['rtmp', { outputs: [{ url: 'rtmp://127.0.0.1:1/live', streamKey: 'key' }] }],
  ])('is a picture of somebody who is not there: %s', async (step, params) => {
    await using here = await room();
    const answer = await here.refused(step, { ...params, participants: [{ participantId: 'nobody' }] });
    expect(answer).toMatchObject({ status: 404, body: { code: 'participant-not-found' } });
  });

  it('is a picture with an image that takes for ever to draw; the runtime goes on answering', async () => {
    await using here = await room();
    const levels = Array.from(
      { length: 9 },
      (_, level) => `<g id="l${level + 1}">${`<use href="#l${level}"/>`.repeat(10)}</g>`,
    );
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><defs><rect id="l0" width="9" height="9"/>${levels.join('')}</defs><use href="#l9"/></svg>`;
    const imageUrl = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
    let isRefused = false;
    const refusal = here
      .refused('compose', { config: { watermarks: [{ type: 'image', imageUrl }] } })
      .finally(() => {
        isRefused = true;
      });
    expect(await runtime.api.send('GET', '/health')).toMatchObject({ status: 200 });
    expect(isRefused).toBe(false);
    expect(await refusal).toMatchObject({ status: 422, body: { code: 'image-unusable' } });
  });

  it('is an image longer than a call may be: it is refused with a pointer and what to do', async () => {
    await using here = await room();
    const imageOf = (length: number) => {
      const imageUrl = 'data:image/png;base64,'.padEnd(length, 'A');
      return { config: { background: { imageUrl } } };
    };
    expect(await here.refused('compose', imageOf(1_000_001))).toMatchObject({
      status: 422,
      body: {
        code: 'invalid-composition',
        details: [{ pointer: '/with/config/background/imageUrl' }],
      },
    });
    expect(await here.refused('compose', imageOf(1_000_000))).toMatchObject({
      status: 422,
      body: { code: 'image-unusable' },
    });
  });
});
