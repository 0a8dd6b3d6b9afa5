export {
  startDeepgramServer,
  type DeepgramFault,
  type DeepgramServer,
  type DeepgramServerOptions,
} from './deepgram-server.ts';
export {
  startOpenAiServer,
  type HttpFault,
  type OpenAiRequest,
  type OpenAiServer,
  type OpenAiServerOptions,
} from './open-ai-server.ts';
