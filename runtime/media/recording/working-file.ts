import {
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  MkvOutputFormat,
  Output,
  StreamTarget,
  WebMOutputFormat,
} from 'mediabunny';
import { toLengthPrefixed } from '../bitstream/index.ts';
import { DiskWriter } from './disk-writer.ts';
import type { AudioCodec } from '../frame.ts';
import type { FileFormat } from './recorded-file.ts';
import { sessionStartTags } from './session-start.ts';
import { AUDIO_DECODER_CONFIGS, readVideoConfiguration } from './track-configuration.ts';
import { PICTURE_PLACES_PER_SECOND } from './video-timeline.ts';
import type { PictureSize, VideoConfiguration } from './track-configuration.ts';

export const MEDIABUNNY_CODECS = { vp8: 'vp8', vp9: 'vp9', h264: 'avc', av1: 'av1' } as const;

/** How much of the newest media waits in memory for the next write, in milliseconds of media. */
const BATCH_MS = 200;

type QueuedPacket = { video: boolean; packet: EncodedPacket };

/**
 * The file of a part while it is recorded: Matroska that is only appended to, with every packet given to the disk
 * within {@link BATCH_MS}, so whatever is there plays at any moment.
 */
export class WorkingFile {
  readonly path: string;
  readonly #disk: DiskWriter;
  readonly #output: Output;
  readonly #audio: EncodedAudioPacketSource | undefined;
  readonly #video: EncodedVideoPacketSource | undefined;
  readonly #videoConfiguration: VideoConfiguration | undefined;
  #largestPicture: PictureSize | undefined;
  readonly #started: Promise<void>;
  readonly #onError: (error: Error) => void;
  #audioMeta: EncodedAudioChunkMetadata | undefined;
  #videoMeta: EncodedVideoChunkMetadata | undefined;
  #queue: QueuedPacket[] = [];
  #batchStartMs = -1;
  #packets = 0;
  #draining: Promise<void> | undefined;

  constructor(options: {
    path: string;
    format: FileFormat;
    audio: AudioCodec | undefined;
    video: VideoConfiguration | undefined;
    /** Session time at which the file begins, in milliseconds; kept in the file. */
    startMs: number;
    onError: (error: Error) => void;
  }) {
    this.path = options.path;
    this.#onError = options.onError;
    this.#disk = new DiskWriter(options.path, options.onError);
    const disk = this.#disk;
    const Format = options.format === 'webm' ? WebMOutputFormat : MkvOutputFormat;
    this.#output = new Output({
      format: new Format({ appendOnly: true }),
      target: new StreamTarget(
        new WritableStream(
          { write: (chunk) => disk.append(chunk.data) },
          // Never apply back-pressure here: DiskWriter bounds the queue and reports a disk that is too slow.
          { highWaterMark: Infinity },
        ),
      ),
    });
    this.#output.setMetadataTags(sessionStartTags(options.startMs));
    this.#videoConfiguration = options.video;
    if (options.video) {
      const { codec, codecString, width, height, description } = options.video;
      this.#video = new EncodedVideoPacketSource(MEDIABUNNY_CODECS[codec]);
      this.#videoMeta = {
        decoderConfig: {
          codec: codecString,
          codedWidth: width,
          codedHeight: height,
          ...(description && { description }),
        },
      };
      this.#output.addVideoTrack(this.#video, { frameRate: PICTURE_PLACES_PER_SECOND });
    }
    if (options.audio) {
      this.#audio = new EncodedAudioPacketSource(options.audio);
      this.#audioMeta = { decoderConfig: AUDIO_DECODER_CONFIGS[options.audio] };
      this.#output.addAudioTrack(this.#audio);
    }
    this.#started = this.#output.start();
  }

  get bytesWritten(): number {
    return this.#disk.bytesWritten;
  }

  /** Packets taken so far. */
  get packets(): number {
    return this.#packets;
  }

  writeAudio(data: Uint8Array, timestampMs: number, durationMs: number): void {
    this.#enqueue(false, new EncodedPacket(data, 'key', timestampMs / 1000, durationMs / 1000), timestampMs);
  }

  /** The largest picture so far: a simulcast sender begins small, and players take the header's size. */
  get largestPicture(): PictureSize | undefined {
    return this.#largestPicture;
  }

  writeVideo(data: Uint8Array, timestampMs: number, key: boolean): void {
    if (key && this.#videoConfiguration) {
      const size = readVideoConfiguration(this.#videoConfiguration.codec, data);
      const known = this.#largestPicture;
      if (size && (!known || size.width * size.height > known.width * known.height)) {
        this.#largestPicture = { width: size.width, height: size.height };
      }
    }
    const bytes = this.#videoConfiguration?.codec === 'h264' ? toLengthPrefixed(data) : data;
    this.#enqueue(true, new EncodedPacket(bytes, key ? 'key' : 'delta', timestampMs / 1000, 0), timestampMs);
  }

  /** Hands what waits to the muxer and the disk. */
  flush(): void {
    if (this.#draining || this.#queue.length === 0) return;
    this.#draining = this.#drain().catch((error: unknown) => {
      this.#onError(error instanceof Error ? error : new Error(String(error)));
    });
  }

  /** Ends the file; afterwards all of it is durable. */
  async close(): Promise<void> {
    this.flush();
    await this.#draining;
    this.flush();
    await this.#draining;
    try {
      await this.#output.finalize();
    } finally {
      await this.#disk.close();
    }
  }

  #enqueue(video: boolean, packet: EncodedPacket, timestampMs: number): void {
    this.#queue.push({ video, packet });
    this.#packets++;
    if (this.#batchStartMs < 0) this.#batchStartMs = timestampMs;
    else if (timestampMs - this.#batchStartMs >= BATCH_MS) this.flush();
  }

  async #drain(): Promise<void> {
    try {
      await this.#started;
      while (this.#queue.length > 0) {
        const batch = this.#queue;
        this.#queue = [];
        this.#batchStartMs = -1;
        await Promise.all(batch.map((entry) => this.#add(entry)));
      }
      // StreamTarget passes its chunks on in microtasks; the next turn of the loop sees them all.
      await new Promise<void>((resolve) => setImmediate(resolve));
      this.#disk.flush();
    } finally {
      this.#draining = undefined;
    }
  }

  async #add({ video, packet }: QueuedPacket): Promise<void> {
    if (video) {
      const meta = this.#videoMeta;
      this.#videoMeta = undefined;
      await this.#video?.add(packet, meta);
    } else {
      const meta = this.#audioMeta;
      this.#audioMeta = undefined;
      await this.#audio?.add(packet, meta);
    }
  }
}
