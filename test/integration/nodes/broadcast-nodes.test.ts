import { createServer, type Server } from 'node:net';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { itemsOf } from '../../support/n8n-host/index.ts';
import { byId, ours, startN8nWithRuntime, type N8nWithRuntime } from './support/n8n-with-runtime.ts';
import { SignalledGuest } from './support/signalled-guest.ts';
import { chain } from './support/workflow.ts';

describe('broadcast and audience nodes with the real runtime', () => {
  let host: N8nWithRuntime;
  /** Takes connections and says nothing: a platform that is not there today. */
  let silent: Server;
  let silentUrl: string;

  beforeAll(async () => {
    host = await startN8nWithRuntime();
    silent = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    silentUrl = `rtmp://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/live`;
  });
  afterAll(async () => {
    silent.close();
    await host[Symbol.asyncDispose]();
  });

  const withGuest = async (
    customRoomId: string,
  ): Promise<{ roomId: string; room: Record<string, unknown>; guest: SignalledGuest }> => {
    const { roomId, joinUrl } = await host.makeRoom(customRoomId);
    const guest = await SignalledGuest.join(joinUrl, { name: 'Ann', participantId: 'ann' });
    return { roomId, room: byId(roomId), guest };
  };

  it('streams a room, hands on a picture of it as a file, changes its layout and stops', async () => {
    const { roomId, room, guest } = await withGuest('streamed');
    const [stream] = await host.only(
      ours('HLS', 'hls', { operation: 'start', room, layout: 'GRID', picture: { quality: 'low' } }),
    );
    expect(stream).toMatchObject({ roomId, status: 'running', playable: true });
    const playlist = await fetch(String(stream?.['playbackHlsUrl']));
    expect(await playlist.text()).toContain('#EXTM3U');

    const captured = await host.run(
      ours('Capture', 'hls', { operation: 'capture', room, captureOptions: { width: 640 } }),
    );
    expect(captured.error).toBeUndefined();
    expect(itemsOf(captured, 'Capture')).toMatchObject([{ roomId, meta: { width: 640, format: 'jpg' } }]);

    expect(
      await host.only(
        ours('Layout', 'hls', {
          operation: 'changeLayout',
          room,
          layout: 'SPOTLIGHT',
          picture: { watermarkText: 'Live' },
        }),
      ),
    ).toMatchObject([{ step: 'hls', state: 'running' }]);
    const again = await host.run(ours('HLS', 'hls', { operation: 'start', room, layout: 'GRID' }));
    expect(again.error).toBe('The room is being streamed already');
    expect(await host.only(ours('Stop', 'hls', { operation: 'stop', room }))).toMatchObject([
      { hlsId: stream?.['hlsId'], status: 'stopped' },
    ]);
    await guest.leave();
  });

  it('records everybody and waits for the file of the meeting', async () => {
    const { roomId, room, guest } = await withGuest('recorded');
    const { n8n } = host;
    const [step] = await host.only(
      ours('Record', 'record', { operation: 'start', room, what: 'room', layout: 'GRID' }),
    );
    expect(step).toMatchObject({ step: 'record', roomId, participantId: null });
    const { id } = await n8n.importWorkflow(
      chain('recordings', host.credential, [
        ours('Stopped', 'meetingEventTrigger', { events: ['recording-stopped'], room }),
      ]),
    );
    await n8n.activate(id);
    expect(
      await host.only(
        ours('Layout', 'meeting', {
          resource: 'picture',
          operation: 'changeLayout',
          room,
          layout: 'SIDEBAR',
        }),
      ),
    ).toMatchObject([{ stepId: step?.['stepId'] }]);
    const [recording] = await host.only(
      ours('Stop', 'record', { operation: 'stop', step: byId(String(step?.['stepId'])) }),
    );
    expect(recording).toMatchObject({ status: 'completed', format: 'mp4', videoCodec: 'h264' });
    const header = await readFile(String(recording?.['filePath']));
    expect(header.subarray(4, 8).toString()).toBe('ftyp');
    const [summary] = await n8n.waitForExecutions(id, { atLeast: 1, timeoutMs: 20_000 });
    expect(itemsOf(await n8n.execution(summary?.id ?? ''), 'Stopped')).toMatchObject([
      { event: 'recording-stopped', recordingId: recording?.['recordingId'] },
    ]);
    await guest.leave();
  });

  it('goes live with a key that no item shows, tells the state of the platform, and adds and removes another', async () => {
    const { room, guest } = await withGuest('live');
    const key = 'not-to-be-seen-anywhere';
    const destinations = { destination: [{ url: silentUrl, streamKey: key }] };
    const start = ours('Live', 'rtmpOut', { operation: 'start', room, destinations, layout: 'GRID' });
    const [livestream] = await host.only(start);
    expect(livestream).toMatchObject({ outputs: [{ url: silentUrl }] });
    const added = await host.only(
      ours('Add', 'rtmpOut', { resource: 'destination', operation: 'addOutput', room, destinations }),
    );
    expect(added[0]?.['outputs']).toHaveLength(2);
    const [, second] = added[0]?.['outputs'] as { outputId: string }[];
    const removed = await host.only(
      ours('Remove', 'rtmpOut', {
        resource: 'destination',
        operation: 'removeOutput',
        room,
        outputId: second?.outputId,
      }),
    );
    expect(
      (removed[0]?.['outputs'] as { state: string }[]).filter(({ state }) => state !== 'stopped'),
    ).toHaveLength(1);
    expect((await host.run(start)).error).toBe('The room is live already');
    const [stopped] = await host.only(ours('Stop', 'rtmpOut', { operation: 'stop', room }));
    // No platform ever took it.
    expect(stopped).toMatchObject({ livestreamId: livestream?.['livestreamId'], status: 'failed' });
    expect(JSON.stringify([livestream, added, removed, stopped])).not.toContain(key);
    expect(
      (await host.run(ours('Live', 'rtmpOut', { operation: 'start', room, layout: 'GRID' }))).error,
    ).toBe('There is nowhere to send the picture to');
    await guest.leave();
  });

  it('asks the audience, counts one vote a person and tells the result; answers questions', async () => {
    const { roomId, room, guest } = await withGuest('asked');
    const [poll] = await host.only(
      ours('Poll', 'meeting', {
        resource: 'poll',
        operation: 'create',
        room,
        question: 'Tea or coffee?',
        answers: 'Tea\nCoffee',
      }),
    );
    expect(poll).toMatchObject({ roomId, status: 'open', totalVotes: 0, leadingOption: null });
    const [, coffee] = poll?.['options'] as { optionId: string }[];
    await guest.call('vote-poll', { pollId: poll?.['pollId'], optionId: coffee?.optionId });
    await expect(
      guest.call('vote-poll', { pollId: poll?.['pollId'], optionId: coffee?.optionId }),
    ).rejects.toThrow('already-voted');
    expect(
      await host.only(
        ours('Close', 'meeting', { resource: 'poll', operation: 'close', poll: poll?.['pollId'] }),
      ),
    ).toMatchObject([{ status: 'closed', totalVotes: 1, leadingOption: 'Coffee' }]);

    await guest.call('ask-question', { text: 'Is it recorded?' });
    const [question] = await host.only(
      ours('Questions', 'meeting', { resource: 'question', operation: 'getAll', room }),
    );
    expect(question).toMatchObject({ text: 'Is it recorded?', participantName: 'Ann', status: 'open' });
    expect(
      await host.only(
        ours('Answer', 'meeting', {
          resource: 'question',
          operation: 'answer',
          questionId: question?.['questionId'],
          answer: 'Yes.',
        }),
      ),
    ).toMatchObject([{ status: 'answered', answer: 'Yes.' }]);
    await guest.leave();
  });

  it('pins a person, makes links that only watch, and invites a viewer on stage', async () => {
    const { roomId, room, guest } = await withGuest('staged');
    const pin = { resource: 'picture', room, participant: byId('ann') };
    expect(await host.only(ours('Pin', 'meeting', { ...pin, operation: 'pin' }))).toEqual([
      { roomId, pinnedIds: ['ann'] },
    ]);
    expect(await host.only(ours('Unpin', 'meeting', { ...pin, operation: 'unpinAll' }))).toEqual([
      { roomId, pinnedIds: [] },
    ]);
    const [link] = await host.only(
      ours('Link', 'meeting', {
        resource: 'joinLink',
        operation: 'create',
        room,
        guestName: 'Vic',
        rights: 'watch',
      }),
    );
    expect(link?.['joinUrl']).toContain('/watch/staged?token=');
    const viewer = await SignalledGuest.join(String(link?.['joinUrl']), {
      name: 'Vic',
      participantId: 'vic',
    });
    const invite = { resource: 'participant', room, participant: byId('vic') };
    await host.only(ours('Invite', 'meeting', { ...invite, operation: 'invite' }));
    await viewer.notified('stage-invited');
    await viewer.call('respond-stage', { accept: true });
    expect((await viewer.notified('mode-changed')).data).toEqual({ mode: 'SEND_AND_RECV' });
    await host.only(ours('Dismiss', 'meeting', { ...invite, operation: 'dismiss' }));
    await viewer.leave();
    await guest.leave();
  });
});
