export {
  publishWithAiortc,
  watchWithAiortc,
  type AiortcPublication,
  type AiortcSight,
  type AiortcViewer,
} from './aiortc-client.ts';
