export { layoutField, lookField, pictureField } from './look-fields';
export { readConfig, readLook } from './read-picture';
