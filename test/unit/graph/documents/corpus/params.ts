import { file, graph, joined, started, type BadDocument } from './bad-document.ts';

const recording = (params: unknown): unknown => graph({ joined, file: { ...file, with: params } });
const roomRecording = (params: object): unknown =>
  graph({ started, file: { do: 'record', from: 'started', with: { source: 'room', ...params } } });
const tapping = (params: unknown): unknown =>
  graph({ joined, tap: { do: 'tap', from: 'joined', with: params } });
const streaming = (params: unknown): unknown =>
  graph({ started, live: { do: 'rtmp', from: 'started', with: params } });
const hls = (params: unknown): unknown =>
  graph({ started, live: { do: 'hls', from: 'started', with: params } });
const playing = (params: unknown): unknown =>
  graph({ joined, hello: { do: 'play', from: 'joined', with: params } });
const output = { url: 'rtmp://a.example/app', streamKey: 'k' };

/** Params that a step does not take, or not together, or not beside what feeds it. */
export const params: readonly BadDocument[] = [
  [
    'has a misspelt param',
    recording({ fileformat: 'mp4' }),
    [['/nodes/file/with/fileformat', 'unknown-param']],
  ],
  [
    'has a param of another step',
    recording({ outputs: [] }),
    [['/nodes/file/with/outputs', 'unknown-param']],
  ],
  [
    'has an unknown word',
    recording({ fileFormat: 'avi' }),
    [['/nodes/file/with/fileFormat', 'invalid-param']],
  ],
  ['has a number for a word', recording({ mode: 1 }), [['/nodes/file/with/mode', 'invalid-param']]],
  ['has null for a word', recording({ mode: null }), [['/nodes/file/with/mode', 'invalid-param']]],
  [
    'has an object for a word',
    recording({ mode: { audio: true } }),
    [['/nodes/file/with/mode', 'invalid-param']],
  ],
  [
    'has a folder outside',
    recording({ bucketDirPath: '../../etc' }),
    [['/nodes/file/with/bucketDirPath', 'invalid-param']],
  ],
  [
    'has a webhook that is no address',
    recording({ webhookUrl: 'example' }),
    [['/nodes/file/with/webhookUrl', 'invalid-param']],
  ],
  [
    'calls a file',
    recording({ callbackUrl: 'file:///etc/passwd' }),
    [['/nodes/file/with/callbackUrl', 'invalid-param']],
  ],
  [
    'says nothing of transcribing',
    recording({ transcription: {} }),
    [['/nodes/file/with/transcription/enabled', 'missing-param']],
  ],
  [
    'has several at once, each told',
    recording({ mode: 'sound', kind: 'camera', transcription: { enabled: 'yes', model: 'x' } }),
    [
      ['/nodes/file/with/kind', 'invalid-param'],
      ['/nodes/file/with/mode', 'invalid-param'],
      ['/nodes/file/with/transcription/enabled', 'invalid-param'],
      ['/nodes/file/with/transcription/model', 'unknown-param'],
    ],
  ],
  [
    'records pictures into a file of sound',
    recording({ mode: 'video-and-audio', fileFormat: 'mp3' }),
    [['/nodes/file/with/fileFormat', 'invalid-param']],
  ],
  [
    'transcribes a camera',
    recording({ kind: 'video', transcription: { enabled: true } }),
    [['/nodes/file/with/transcription', 'invalid-param']],
  ],
  [
    'records the room of one participant',
    roomRecording({ participantId: 'ada' }),
    [['/nodes/file/with/participantId', 'invalid-param']],
  ],
  [
    'composes nobody',
    roomRecording({ participants: [] }),
    [['/nodes/file/with/participants', 'invalid-param']],
  ],
  [
    'composes somebody without a name',
    roomRecording({ participants: [{ kind: 'audio' }] }),
    [['/nodes/file/with/participants/0/participantId', 'missing-param']],
  ],
  [
    'has too large a grid',
    roomRecording({ config: { layout: { gridSize: 26 } } }),
    [['/nodes/file/with/config/layout/gridSize', 'invalid-param']],
  ],
  [
    'has a colour in words',
    roomRecording({ config: { background: { color: 'red' } } }),
    [['/nodes/file/with/config/background/color', 'invalid-param']],
  ],
  [
    'has a watermark without its text',
    roomRecording({ config: { watermarks: [{ type: 'text' }] } }),
    [['/nodes/file/with/config/watermarks/0/text', 'missing-param']],
  ],
  [
    'has a watermark without its image',
    roomRecording({ config: { watermarks: [{ type: 'image' }] } }),
    [['/nodes/file/with/config/watermarks/0/imageUrl', 'missing-param']],
  ],
  [
    'has a clock of no time zone',
    roomRecording({ config: { watermarks: [{ type: 'clock', timeZone: 'Mars/Olympus' }] } }),
    [['/nodes/file/with/config/watermarks/0/timeZone', 'invalid-param']],
  ],
  [
    'has a theme in small letters',
    roomRecording({ config: { theme: 'dark' } }),
    [['/nodes/file/with/config/theme', 'invalid-param']],
  ],
  [
    'has utterances of no time',
    tapping({ utterances: { minMs: 0 } }),
    [['/nodes/tap/with/utterances/minMs', 'invalid-param']],
  ],
  [
    'has utterances that are a text',
    tapping({ utterances: 'yes' }),
    [['/nodes/tap/with/utterances', 'invalid-param']],
  ],
  ['taps no kind', tapping({ kinds: [] }), [['/nodes/tap/with/kinds', 'invalid-param']]],
  [
    'taps an unknown kind',
    tapping({ kinds: ['audio', 'camera'] }),
    [['/nodes/tap/with/kinds/1', 'invalid-param']],
  ],
  ['taps a kind that is no list', tapping({ kinds: 'audio' }), [['/nodes/tap/with/kinds', 'invalid-param']]],
  [
    'sends RTP to no port',
    tapping({ rtp: [{ host: 'a.example', kind: 'audio' }] }),
    [['/nodes/tap/with/rtp/0/port', 'missing-param']],
  ],
  [
    'sends RTP to port 70000',
    tapping({ rtp: [{ host: 'a.example', kind: 'audio', port: 70_000 }] }),
    [['/nodes/tap/with/rtp/0/port', 'invalid-param']],
  ],
  [
    'livestreams without params',
    graph({ started, live: { do: 'rtmp', from: 'started' } }),
    [['/nodes/live/with', 'missing-property']],
  ],
  ['livestreams to nowhere', streaming({}), [['/nodes/live/with/outputs', 'missing-param']]],
  ['livestreams to no output', streaming({ outputs: [] }), [['/nodes/live/with/outputs', 'invalid-param']]],
  [
    'livestreams over HTTP',
    streaming({ outputs: [{ url: 'https://a.example/app', streamKey: 'k' }] }),
    [['/nodes/live/with/outputs/0/url', 'invalid-param']],
  ],
  [
    'livestreams without a key',
    streaming({ outputs: [{ url: 'rtmp://a.example/app' }] }),
    [['/nodes/live/with/outputs/0', 'invalid-param']],
  ],
  [
    'livestreams to a server alone',
    streaming({ outputs: [{ url: 'rtmp://a.example', streamKey: 'k' }] }),
    [['/nodes/live/with/outputs/0', 'invalid-param']],
  ],
  [
    'livestreams with a hidden key',
    streaming({ outputs: [{ url: 'rtmp://a.example/app', streamKey: '[hidden]' }] }),
    [['/nodes/live/with/outputs/0/streamKey', 'invalid-param']],
  ],
  [
    'has a misspelt key',
    streaming({ outputs: [{ url: 'rtmp://a.example/app/x', streamkey: 'k' }] }),
    [['/nodes/live/with/outputs/0/streamkey', 'unknown-param']],
  ],
  [
    'has two outputs of one name',
    streaming({
      outputs: [
        { ...output, outputId: 'a' },
        { ...output, outputId: 'a' },
      ],
    }),
    [['/nodes/live/with/outputs/1/outputId', 'invalid-param']],
  ],
  [
    'transcribes a livestream that is not recorded',
    streaming({ outputs: [output], transcription: { enabled: true } }),
    [['/nodes/live/with/transcription', 'invalid-param']],
  ],
  [
    'transcribes a stream that is not recorded',
    hls({ config: { recording: { enabled: false } }, transcription: { enabled: true } }),
    [['/nodes/live/with/transcription', 'invalid-param']],
  ],
  ['has a rung twice', hls({ rungs: ['low', 'low'] }), [['/nodes/live/with/rungs', 'invalid-param']]],
  ['has a window of a second', hls({ dvrSeconds: 1 }), [['/nodes/live/with/dvrSeconds', 'invalid-param']]],
  [
    'has half a second of a window',
    hls({ dvrSeconds: 10.5 }),
    [['/nodes/live/with/dvrSeconds', 'invalid-param']],
  ],
  ['plays nothing', playing({}), [['/nodes/hello/with', 'missing-param']]],
  [
    'plays two things',
    playing({ text: 'Hello', url: 'https://a.example/hello.mp3' }),
    [['/nodes/hello/with/url', 'invalid-param']],
  ],
  [
    'plays a file of the machine',
    playing({ file: '/etc/passwd', text: 'Hello' }),
    [['/nodes/hello/with/file', 'unknown-param']],
  ],
  [
    'records another than the tap it is fed by',
    graph({
      joined,
      tap: { do: 'tap', from: 'joined' },
      file: { do: 'record', from: 'tap', with: { participantId: 'ada' } },
    }),
    [['/nodes/file/with/participantId', 'invalid-param']],
  ],
  [
    'records the room out of a tap',
    graph({
      joined,
      tap: { do: 'tap', from: 'joined' },
      file: { do: 'record', from: 'tap', with: { source: 'room' } },
    }),
    [['/nodes/file/with/source', 'invalid-param']],
  ],
  [
    'transcribes others than the tap it is fed by',
    graph({
      joined,
      tap: { do: 'tap', from: 'joined' },
      words: { do: 'transcribe', from: 'tap', with: { participantIds: ['ada'] } },
    }),
    [['/nodes/words/with/participantIds', 'invalid-param']],
  ],
  [
    'has a picture of its own beside a composition',
    graph({
      started,
      picture: { do: 'compose', from: 'started' },
      live: {
        do: 'hls',
        from: 'picture',
        with: { config: { quality: 'low' }, participants: [{ participantId: 'ada' }] },
      },
    }),
    [
      ['/nodes/live/with/config', 'invalid-param'],
      ['/nodes/live/with/participants', 'invalid-param'],
    ],
  ],
];
