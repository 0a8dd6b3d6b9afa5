export type SystemProgram = { name: string; packages: readonly string[]; isThere: () => Promise<boolean> };
export const ffmpeg: SystemProgram;
export const chromium: SystemProgram;
export const rtmpServer: SystemProgram;
export const xvfb: SystemProgram;
export const compilers: SystemProgram;
export function isRecentFfmpeg(banner: string | undefined): boolean;
export function instructions(missing: readonly SystemProgram[], packages: readonly string[]): string;
export function installSystemPackages(programs: readonly SystemProgram[]): Promise<void>;
