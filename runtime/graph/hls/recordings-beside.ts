import type { StepParams } from '../../contract/index.ts';
import type { RecordingBeside, RoomRecordingService } from '../room-recordings.ts';

/** Recordings that streams want beside themselves (`config.recording.enabled`): the same picture, in a file. */
export class RecordingsBeside {
  readonly #recordings: Pick<RoomRecordingService, 'startBeside' | 'restoreBeside'>;
  readonly #onError: (error: unknown, fields: Record<string, unknown>) => void;
  readonly #started = new Map<string, Promise<RecordingBeside>>();

  constructor(
    recordings: Pick<RoomRecordingService, 'startBeside' | 'restoreBeside'>,
    onError: (error: unknown, fields: Record<string, unknown>) => void,
  ) {
    this.#recordings = recordings;
    this.#onError = onError;
  }

  /** Starts one when the stream's params ask for it; `onStarted` is told its id. */
  start(
    stream: { id: string; roomId: string },
    { config, participants, transcription }: StepParams<'hls'>,
    onStarted: (recordingId: string) => void,
  ): void {
    if (config?.recording?.enabled !== true) {
      return;
    }
    const started = this.#recordings.startBeside(stream.roomId, { config, participants, transcription });
    this.#started.set(stream.id, started);
    started.then(
      ({ recordingId }) => {
        onStarted(recordingId);
      },
      (error: unknown) => {
        this.#onError(error, { hlsId: stream.id });
      },
    );
  }

  /** Holds the recording of a stream that goes on after the runtime was killed. */
  restore(hlsId: string, recordingId: string | null): void {
    const beside = recordingId === null ? null : this.#recordings.restoreBeside(recordingId);
    if (beside) {
      this.#started.set(hlsId, Promise.resolve(beside));
    }
  }

  /** Resolves when the recording of a stream runs, or none was asked for. @throws when it could not begin */
  async begun(hlsId: string): Promise<void> {
    await this.#started.get(hlsId);
  }

  /** The stream is over: its recording ends with it. */
  end(hlsId: string): void {
    const started = this.#started.get(hlsId);
    this.#started.delete(hlsId);
    started
      ?.then(
        (beside) => beside.stop(),
        () => {
          // It never began, which was told when it failed to.
        },
      )
      .catch((error: unknown) => {
        this.#onError(error, { hlsId });
      });
  }
}
