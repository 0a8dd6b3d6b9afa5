import type { RuntimeConfig, RuntimeKeys } from '../config/index.ts';
import type { EventLog, WebhookDelivery } from '../events/index.ts';
import type {
  GraphService,
  HlsService,
  LivestreamService,
  MergeService,
  PlayService,
  RecordingService,
  PublishService,
  SessionPictures,
  StepLogs,
  StepSupervisor,
  TapService,
  TranscriptionService,
} from '../graph/index.ts';
import type {
  AudienceHistory,
  LiveRooms,
  MediaPlane,
  RoomDirectory,
  SessionHistory,
} from '../rooms/index.ts';
import type { Store } from '../store/index.ts';
import type { ProcessHealthReader, WorkerPool } from '../worker/index.ts';
import type { Metrics } from './metrics.ts';

/** Everything the API speaks to, put together by `main`. */
export type Runtime = {
  version: string;
  config: RuntimeConfig;
  keys: RuntimeKeys;
  store: Store;
  events: EventLog;
  webhooks: WebhookDelivery;
  directory: RoomDirectory;
  rooms: LiveRooms;
  history: SessionHistory;
  audience: AudienceHistory;
  media: MediaPlane;
  pool: WorkerPool;
  steps: StepSupervisor;
  stepLogs: StepLogs;
  pictures: SessionPictures;
  processes: ProcessHealthReader;
  graphs: GraphService;
  taps: TapService;
  publishing: PublishService;
  recordings: RecordingService;
  merges: MergeService;
  livestreams: LivestreamService;
  hls: HlsService;
  transcriptions: TranscriptionService;
  plays: PlayService;
  metrics: Metrics;
};
