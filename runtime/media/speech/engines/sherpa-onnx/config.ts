import type { OfflineConfig, OnlineConfig } from 'sherpa-onnx-node';
import { SPEECH_RATE } from '../../types.ts';
import { primaryLanguage } from '../language-name.ts';
import type { SherpaModel } from './model.ts';

const features = { sampleRate: SPEECH_RATE, featureDim: 80 };

/** Null for models that are not streaming. */
export function onlineConfig(model: SherpaModel, numThreads: number): OnlineConfig | null {
  if (!model.streaming) return null;
  const common = { tokens: model.tokens, numThreads, provider: 'cpu', debug: 0 } as const;
  const rest = { featConfig: features, decodingMethod: 'greedy_search', enableEndpoint: 0 } as const;
  switch (model.kind) {
    case 'transducer': {
      const { encoder, decoder, joiner } = model;
      return { ...rest, modelConfig: { ...common, transducer: { encoder, decoder, joiner } } };
    }
    case 'paraformer': {
      const { encoder, decoder } = model;
      return { ...rest, modelConfig: { ...common, paraformer: { encoder, decoder } } };
    }
    case 'single':
      return { ...rest, modelConfig: { ...common, zipformer2Ctc: { model: model.model } } };
    case 'whisper':
      return null;
  }
}

/** @param language - Null: what the model hears. */
export function offlineConfig(
  model: SherpaModel,
  numThreads: number,
  language: string | null,
): OfflineConfig {
  const common = { tokens: model.tokens, numThreads, provider: 'cpu', debug: 0 } as const;
  const spoken = language === null ? null : primaryLanguage(language);
  return { featConfig: features, modelConfig: { ...common, ...modelOf(model, spoken) } };
}

function modelOf(model: SherpaModel, language: string | null): Partial<OfflineConfig['modelConfig']> {
  switch (model.kind) {
    case 'transducer': {
      const { encoder, decoder, joiner, isNemo } = model;
      return {
        transducer: { encoder, decoder, joiner },
        ...(isNemo ? { modelType: 'nemo_transducer' as const } : {}),
      };
    }
    case 'whisper': {
      const { encoder, decoder } = model;
      return {
        whisper: { encoder, decoder, language: language ?? '', task: 'transcribe', tailPaddings: -1 },
      };
    }
    case 'paraformer':
      // Of encoder and decoder there are streaming ones only.
      return {};
    case 'single': {
      const { model: file } = model;
      switch (model.of) {
        case 'sense-voice':
          return {
            senseVoice: { model: file, language: language ?? 'auto', useInverseTextNormalization: 1 },
          };
        case 'nemo-ctc':
          return { nemoCtc: { model: file } };
        case 'paraformer':
          return { paraformer: { model: file } };
        case 'zipformer-ctc':
          return { zipformerCtc: { model: file } };
      }
    }
  }
}
