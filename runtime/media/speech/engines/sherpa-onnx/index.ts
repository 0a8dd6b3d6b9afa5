export { findSherpaModel, requireSherpaPackage, type SherpaModel } from './model.ts';
export { createSherpaOnnxEngine } from './sherpa-onnx.ts';
