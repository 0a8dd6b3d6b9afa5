import { describe, expect, it } from 'vitest';
import { fromWorkflow } from '../../../../runtime/graph/from-workflow/index.ts';
import { base, joined, ours, workflow, type Arrow, type NodeSpec } from './workflows.ts';

const convert = (nodes: NodeSpec[], arrows: Arrow[]) => fromWorkflow(workflow(nodes, arrows));
const nodesOf = (nodes: NodeSpec[], arrows: Arrow[]) => convert(nodes, arrows).document.nodes;
const reasons = (nodes: NodeSpec[], arrows: Arrow[]) =>
  convert(nodes, arrows).notCarried.map(({ node, reason }) => `${node}: ${reason}`);
const roomRecording = (name = 'Record'): NodeSpec =>
  ours(name, 'record', { operation: 'start', what: 'room' });
const isScreen = (version: number): NodeSpec =>
  version < 2
    ? base('If', 'if', { conditions: { string: [{ value1: '={{ $json.kind }}', value2: 'screen_video' }] } })
    : base(
        'If',
        'if',
        {
          conditions: {
            combinator: 'and',
            conditions: [
              {
                leftValue: '={{ $json.kind }}',
                rightValue: 'screen_video',
                operator: { type: 'string', operation: 'equals' },
              },
            ],
          },
        },
        version,
      );
const published = ours('Published', 'meetingEventTrigger', { events: ['track-published'] });

describe('triggers as event nodes', () => {
  it('keep the room that was picked, be it from the list, by ID or by its link', () => {
    const where = (room: unknown) =>
      nodesOf([joined({ room }), ours('Tap', 'trackTap')], ['Joined → Tap'])['joined'];
    const expected = { on: 'participant-joined', where: { roomId: 'abcd-efgh-ijkl' } };
    expect(where({ __rl: true, mode: 'list', value: 'abcd-efgh-ijkl' })).toEqual(expected);
    expect(where({ __rl: true, mode: 'id', value: 'abcd-efgh-ijkl' })).toEqual(expected);
    expect(
      where({ __rl: true, mode: 'url', value: 'http://127.0.0.1:7890/join/abcd-efgh-ijkl?token=t' }),
    ).toEqual(expected);
  });

  it('keep their filters, and say that a graph tells upper from lower case', () => {
    const filters = { modes: ['SEND_AND_RECV', 'RECV_ONLY'], hostsOnly: true, nameContains: 'Berg' };
    const made = convert([joined({ filters }), ours('Tap', 'trackTap')], ['Joined → Tap']);
    expect(made.document.nodes['joined']).toEqual({
      on: 'participant-joined',
      where: {
        mode: ['SEND_AND_RECV', 'RECV_ONLY'],
        permissions: 'allow_mod',
        participantName: '*Berg*',
      },
    });
    expect(made.notCarried[0]?.reason).toContain('“Berg” in upper or lower case');
  });

  it('become one event node for each event, each with its own steps', () => {
    const trigger = ours('Began', 'meetingEventTrigger', { events: ['session-started', 'hand-raised'] });
    expect(nodesOf([trigger, roomRecording()], ['Began → Record'])).toMatchObject({
      began: { on: 'session-started' },
      record: { from: 'began' },
      began2: { on: 'hand-raised', scope: 'session' },
      record2: { from: 'began2' },
    });
  });

  it('that wait for all events, or for what a graph tells of itself, are not carried over', () => {
    const trigger = ours('Any', 'meetingEventTrigger', { events: ['*', 'step-changed'] });
    expect(reasons([trigger, roomRecording()], ['Any → Record'])).toEqual([
      'Any: a graph names each event that it waits for',
      'Any: a graph cannot wait for the event step-changed',
      'Record: nothing that a graph can begin with leads to it',
    ]);
  });

  it('that listen to speech keep who says what', () => {
    const trigger = ours('Said', 'transcriptTrigger', { speechFilters: { textContains: 'refund, cancel' } });
    expect(nodesOf([trigger, roomRecording()], ['Said → Record'])['said']).toEqual({
      on: 'transcription-text',
      where: { isFinal: true, text: ['*refund*', '*cancel*'] },
    });
  });
});

describe('expressions as references', () => {
  const tapped = (participant: string) =>
    nodesOf(
      [joined(), ours('Tap', 'trackTap', { participant: { __rl: true, mode: 'id', value: participant } })],
      ['Joined → Tap'],
    )['tap'];

  it.each([
    '={{ $json.participantId }}',
    '={{ $json["participantId"] }}',
    '={{$input.item.json.participantId}}',
    "={{ $('Joined').item.json.participantId }}",
    "={{ $('Joined').first().json['participantId'] }}",
    '={{ $node["Joined"].json.participantId }}',
  ])('%s', (expression) => {
    expect(tapped(expression)).toMatchObject({ with: { participantId: '$joined.participantId' } });
  });

  it('leave a participant that is written as it is, with a dollar sign of its own doubled', () => {
    expect(tapped('anna')).toMatchObject({ with: { participantId: 'anna' } });
    expect(tapped('$anna')).toMatchObject({ with: { participantId: '$$anna' } });
  });

  it.each([
    ['={{ $json.participantId.toUpperCase() }}', 'a graph computes nothing'],
    ['={{ $json.roomId + $json.participantId }}', 'a graph computes nothing'],
    ['=guest-{{ $json.participantId }}', 'a graph computes nothing'],
    ["={{ $('Other').item.json.participantId }}", 'it comes from “Other”, which is not before it'],
    ['={{ $json.trackId }}', 'the event participant-joined tells no “trackId”'],
  ])('%s is named, since %s', (value, reason) => {
    const made = convert(
      [joined(), ours('Tap', 'trackTap', { participant: { __rl: true, mode: 'id', value } })],
      ['Joined → Tap'],
    );
    expect(made.document.nodes).toEqual({});
    expect(made.notCarried.map((entry) => entry.reason).join()).toContain(reason);
  });

  it('reach into what a guest brought along', () => {
    const options = { metadata: '={{ $json.metaData.company }}' };
    const record = ours('Record', 'record', { operation: 'start', what: 'audio', options });
    expect(nodesOf([joined(), record], ['Joined → Record'])['record']).toEqual({
      do: 'record',
      from: 'joined',
      with: {
        participantId: '$joined.participantId',
        mode: 'audio',
        metadata: '$joined.metaData.company',
      },
    });
  });

  it('refer to the tap that feeds a step', () => {
    const options = { metadata: '={{ $json.stepId }}' };
    const record = ours('Record', 'record', { operation: 'start', options });
    expect(
      nodesOf([joined(), ours('Tap', 'trackTap'), record], ['Joined → Tap', 'Tap → Record'])['record'],
    ).toMatchObject({ from: 'tap', with: { metadata: '$tap.stepId' } });
  });
});

describe('media nodes as steps', () => {
  it('take what n8n leaves out of the file: the defaults of the node', () => {
    expect(nodesOf([joined(), ours('Record', 'record')], ['Joined → Record'])['record']).toEqual({
      do: 'record',
      from: 'joined',
      with: { participantId: '$joined.participantId', mode: 'video-and-audio' },
    });
  });

  it('that work on the whole room go on when the one who began it has left', () => {
    const nodes = nodesOf(
      [joined(), ours('Tap', 'trackTap'), roomRecording()],
      ['Joined → Tap', 'Tap → Record'],
    );
    expect(nodes).toMatchObject({
      joined: { on: 'participant-joined' },
      tap: { from: 'joined' },
      joined2: { on: 'participant-joined', scope: 'session' },
      record: { from: 'joined2', with: { source: 'room' } },
    });
    expect(nodes['joined']).not.toHaveProperty('scope');
  });

  it('keep addresses that are written into RTMP Out', () => {
    const destinations = { destination: [{ url: 'rtmp://live.example.com/app', streamKey: 'k-1' }] };
    const live = ours('Live', 'rtmpOut', { destinations, options: { record: false } });
    expect(nodesOf([joined(), live], ['Joined → Live'])['live']).toMatchObject({
      do: 'rtmp',
      with: { outputs: [{ url: 'rtmp://live.example.com/app', streamKey: 'k-1' }] },
    });
  });

  it('are left out when RTMP Out has no address that a document may hold', () => {
    expect(
      reasons([joined(), ours('Live', 'rtmpOut', { platforms: ['custom'] })], ['Joined → Live']),
    ).toEqual([
      'Live: the address and key of its own server are in an n8n credential; add it to with.outputs as {"url", "streamKey"}',
      'Live: no address is left to send to',
      'Joined: nothing that a graph can do comes after it',
    ]);
  });

  it('have a recording transcribed where n8n transcribes it when it has ended', () => {
    const transcribe = ours('Transcribe', 'transcribe', { resource: 'post', options: { language: 'en-US' } });
    expect(
      nodesOf([joined(), ours('Record', 'record'), transcribe], ['Joined → Record', 'Record → Transcribe'])[
        'record'
      ],
    ).toMatchObject({ with: { transcription: { enabled: true, language: 'en-US' } } });
  });

  it('that begin when another has ended are named', () => {
    expect(
      reasons([joined(), ours('Record', 'record'), ours('HLS', 'hls')], ['Joined → Record', 'Record → HLS']),
    ).toEqual(['HLS: it begins when “Record” has ended, and a graph begins everything at its event']);
  });

  it('that stop a stream end it with the event that they come after', () => {
    const asked = ours('Asked', 'meetingEventTrigger', { events: ['poll-closed'] });
    const nodes = nodesOf(
      [joined(), ours('HLS', 'hls'), asked, ours('Stop', 'hls', { operation: 'stop' })],
      ['Joined → HLS', 'Asked → Stop'],
    );
    expect(nodes).toMatchObject({ hls: { until: 'asked' }, asked: { on: 'poll-closed' } });
  });

  it('in another room than that of the event are named', () => {
    const elsewhere = ours('HLS', 'hls', { room: { __rl: true, mode: 'id', value: 'other-room' } });
    expect(reasons([joined(), elsewhere], ['Joined → HLS'])[0]).toBe(
      'HLS: its room is “other-room”, and a graph works in the room of its event',
    );
  });
});

describe('conditions', () => {
  it.each([1, 2, 2.2])('of an If of version %s become the event’s', (version) => {
    expect(
      nodesOf(
        [published, isScreen(version), ours('Tap', 'trackTap', { kinds: ['screen_video'] })],
        ['Published → If', 'If → Tap'],
      ),
    ).toMatchObject({
      published: { on: 'track-published', where: { kind: 'screen_video' } },
      tap: { from: 'published' },
    });
  });

  it('are of the steps behind them alone', () => {
    const nodes = nodesOf(
      [published, roomRecording('Always'), isScreen(2), roomRecording('Screen')],
      ['Published → Always', 'Published → If', 'If → Screen'],
    );
    expect(nodes).toMatchObject({
      always: { from: 'published' },
      published2: { where: { kind: 'screen_video' } },
      screen: { from: 'published2' },
    });
    expect(nodes['published']).not.toHaveProperty('where');
  });

  it('that a graph cannot say are named, and what comes behind them', () => {
    expect(
      reasons([published, isScreen(2), roomRecording('Other')], ['Published → If', 'If 1→ Other']),
    ).toEqual([
      'If: a graph says what an event must be, not what it must not be',
      'Other: it comes after “If”: a graph says what an event must be, not what it must not be',
      'Published: nothing that a graph can do comes after it',
    ]);
  });

  it('that compare with logic are named', () => {
    const early = base('If', 'if', {
      conditions: { boolean: [{ value1: '={{ $json.at < "2030" }}', value2: true }] },
    });
    expect(reasons([published, early, roomRecording()], ['Published → If', 'If → Record'])[0]).toContain(
      'If: a graph computes nothing',
    );
  });

  it('on a yes or no go both ways', () => {
    const said = ours('Said', 'transcriptTrigger', { finalOnly: false });
    const isFinal = base('If', 'if', {
      conditions: { boolean: [{ value1: '={{ $json.isFinal }}', value2: true }] },
    });
    expect(
      nodesOf([said, isFinal, roomRecording('A'), roomRecording('B')], ['Said → If', 'If → A', 'If 1→ B']),
    ).toMatchObject({ said: { where: { isFinal: true } }, said2: { where: { isFinal: false } } });
  });
});

describe('what a graph cannot do at an event', () => {
  it('is left out, with what it would feed', () => {
    const left = ours('Left', 'meetingEventTrigger', { events: ['participant-left', 'session-ended'] });
    const made = convert(
      [left, ours('Tap', 'trackTap'), ours('Record', 'record'), roomRecording('Room')],
      ['Left → Tap', 'Tap → Record', 'Left → Room'],
    );
    expect(Object.keys(made.document.nodes)).toEqual(['left2', 'room']);
    expect(made.notCarried).toContainEqual({
      node: 'Record',
      reason: 'a graph cannot do it at the event participant-left',
    });
    expect(made.notCarried).toContainEqual({
      node: 'Room',
      reason: 'a graph cannot do it at the event session-ended',
    });
  });
});

describe('odd workflows', () => {
  it.each([[null], ['text'], [[]], [{}], [{ nodes: 'none' }], [{ nodes: [null] }]])(
    '%j is refused in plain words',
    (value) => {
      expect(() => fromWorkflow(value)).toThrow(/n8n/);
    },
  );

  it('without a trigger name what leads nowhere', () => {
    expect(
      reasons(
        [base('Start', 'manualTrigger'), ours('HLS', 'hls'), base('Note', 'stickyNote')],
        ['Start → HLS'],
      ),
    ).toEqual([
      'Start: a graph begins with an event of a room, and this begins otherwise',
      'HLS: nothing that a graph can begin with leads to it',
    ]);
  });

  it('with a loop end where it closes', () => {
    expect(
      reasons([joined(), ours('A', 'hls'), base('B', 'noOp')], ['Joined → A', 'A → B', 'B → A']),
    ).toContain('B: it leads back to “A”, and a graph has no loops');
  });

  it('with a disabled node go through it, as n8n does', () => {
    const off = ours('Off', 'hls', {}, { disabled: true });
    const made = convert([joined(), off, ours('Tap', 'trackTap')], ['Joined → Off', 'Off → Tap']);
    expect(made.document.nodes).toMatchObject({ tap: { from: 'joined' } });
    expect(made.document.nodes).not.toHaveProperty('off');
    expect(made.notCarried).toContainEqual({
      node: 'Off',
      reason: 'it is disabled, and does nothing in n8n either',
    });
  });

  it('with a disabled trigger begin nothing', () => {
    const made = convert([{ ...joined(), disabled: true }, ours('HLS', 'hls')], ['Joined → HLS']);
    expect(made.document.nodes).toEqual({});
  });

  it('of a later version name the node', () => {
    expect(reasons([joined(), ours('HLS', 'hls', {}, { typeVersion: 3 })], ['Joined → HLS'])[0]).toBe(
      'HLS: version 3 of it is not known here, only version 1',
    );
  });

  it('with code name it, and what comes after it', () => {
    expect(
      reasons([joined(), base('Code', 'code'), ours('HLS', 'hls')], ['Joined → Code', 'Code → HLS']),
    ).toEqual([
      'Code: a graph holds no code',
      'HLS: it comes after “Code”, and a graph holds no code',
      'Joined: nothing that a graph can do comes after it',
    ]);
  });

  it('with names in any script give ids that a document takes', () => {
    const nodes = nodesOf(
      [ours('参加', 'participantJoinedTrigger'), ours('録画', 'record'), ours('Aufnahme für später!', 'hls')],
      ['参加 → 録画', '参加 → Aufnahme für später!'],
    );
    expect(Object.keys(nodes)).toEqual(['event', 'record', 'event2', 'aufnahmeFurSpater']);
  });

  it('with two ways to one node start it once', () => {
    expect(
      Object.keys(
        nodesOf(
          [joined(), base('A', 'noOp'), base('B', 'noOp'), ours('HLS', 'hls')],
          ['Joined → A', 'Joined → B', 'A → HLS', 'B → HLS'],
        ),
      ),
    ).toEqual(['joined', 'hls']);
  });
});
