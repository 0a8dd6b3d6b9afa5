export { diagramOf, withoutEnded } from './diagram-of.ts';
export { foldAlike, type Fold, type FoldedPicture } from './fold-alike.ts';
export { LivingLayout } from './living-layout.ts';
export { PictureView, type PictureViewProps } from './picture-view.tsx';
