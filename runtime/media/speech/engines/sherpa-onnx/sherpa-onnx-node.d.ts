/** What Roomflow uses of sherpa-onnx-node; the package brings no types. */
declare module 'sherpa-onnx-node' {
  type Waveform = { samples: Float32Array; sampleRate: number };
  type Result = { text: string; tokens?: string[]; timestamps?: number[]; lang?: string };
  type Common = { tokens: string; numThreads: number; provider: 'cpu'; debug: 0 };
  type Features = { sampleRate: number; featureDim: number };
  type Transducer = { encoder: string; decoder: string; joiner: string };

  type OnlineConfig = {
    featConfig: Features;
    modelConfig: Common & {
      transducer?: Transducer;
      paraformer?: { encoder: string; decoder: string };
      zipformer2Ctc?: { model: string };
    };
    decodingMethod: 'greedy_search';
    enableEndpoint: 0;
  };
  type OfflineConfig = {
    featConfig: Features;
    modelConfig: Common & {
      transducer?: Transducer;
      modelType?: 'nemo_transducer';
      paraformer?: { model: string };
      zipformerCtc?: { model: string };
      nemoCtc?: { model: string };
      senseVoice?: { model: string; language: string; useInverseTextNormalization: 0 | 1 };
      whisper?: {
        encoder: string;
        decoder: string;
        language: string;
        task: 'transcribe';
        tailPaddings: number;
      };
    };
  };

  class OnlineStream {
    acceptWaveform(waveform: Waveform): void;
    inputFinished(): void;
  }
  class OnlineRecognizer {
    constructor(config: OnlineConfig);
    createStream(): OnlineStream;
    isReady(stream: OnlineStream): boolean;
    decode(stream: OnlineStream): void;
    getResult(stream: OnlineStream): Result;
  }
  class OfflineStream {
    acceptWaveform(waveform: Waveform): void;
  }
  class OfflineRecognizer {
    static createAsync(config: OfflineConfig): Promise<OfflineRecognizer>;
    createStream(): OfflineStream;
    decodeAsync(stream: OfflineStream): Promise<Result>;
  }
  const sherpa: { OnlineRecognizer: typeof OnlineRecognizer; OfflineRecognizer: typeof OfflineRecognizer };
  export default sherpa;
  export type { OfflineConfig, OfflineRecognizer, OnlineConfig, OnlineRecognizer, OnlineStream, Result };
}
