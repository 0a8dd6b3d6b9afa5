import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { OutboundGuard } from '../config/index.ts';
import { RoomflowError, type CompositionLook } from '../contract/index.ts';
import { download, type DownloadLimits } from './image-download.ts';
import { drawAnew } from './image-drawing.ts';
import { readImageHeader } from './image-header.ts';

/**
 * Fetches the images of a look and names them by the files they are in (`file:` addresses). Files that nobody has
 * fetched for a minute, and that are in none of the looks `inUse`, are removed.
 *
 * @throws RoomflowError `image-unusable`, `address-not-allowed`
 */
export type ImageResolver = <L extends CompositionLook>(
  look: L,
  inUse: Iterable<CompositionLook>,
) => Promise<L>;

const LIMITS: DownloadLimits = { bytes: 5_000_000, milliseconds: 10_000 };
const LARGEST_SIDE_PX = 4096;
/** Longer than all images of a look take to come. */
const UNUSED_KEPT_MS = 60_000;

/**
 * Fetches the images of looks into a folder, each under the hash of its content. What is kept is a PNG made here, so
 * the compositor never decodes what somebody else has written.
 *
 * @param options.directory - What is in it stays as long as a look names it: sessions can outlive the runtime.
 */
export async function createImageResolver(options: {
  directory: string;
  guard: OutboundGuard;
  limits?: DownloadLimits;
}): Promise<ImageResolver> {
  const { directory, guard, limits = LIMITS } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });

  const fileOf = async (url: string): Promise<string> => {
    try {
      const bytes = url.startsWith('data:') ? dataOf(url) : await download(new URL(url), guard, limits);
      return pathToFileURL(await keep(bytes, directory)).href;
    } catch (cause) {
      if (cause instanceof RoomflowError) throw cause;
      throw new RoomflowError(
        'image-unusable',
        `The image ${shown(url)} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}. Give a PNG, JPEG, WebP or SVG of at most ${LARGEST_SIDE_PX}×${LARGEST_SIDE_PX} pixels and ${limits.bytes / 1e6} MB.`,
        { cause },
      );
    }
  };

  return async (look, inUse) => {
    await removeUnused(directory, inUse);
    const files = new Map<string, string>();
    await Promise.all(
      [...new Set(imageUrlsOf(look))].map(async (url) => {
        files.set(url, await fileOf(url));
      }),
    );
    const replaced = <T extends { imageUrl?: string }>(holder: T): T => {
      const file = holder.imageUrl === undefined ? undefined : files.get(holder.imageUrl);
      return file === undefined ? holder : { ...holder, imageUrl: file };
    };
    return {
      ...look,
      ...(look.background === undefined ? {} : { background: replaced(look.background) }),
      ...(look.watermarks === undefined ? {} : { watermarks: look.watermarks.map(replaced) }),
    };
  };
}

/** What a step that is being started right now has fetched is in no running composition yet. */
async function removeUnused(directory: string, inUse: Iterable<CompositionLook>): Promise<void> {
  const used = new Set([...inUse].flatMap(imageUrlsOf));
  await Promise.all(
    (await readdir(directory)).map(async (name) => {
      const file = join(directory, name);
      if (!used.has(pathToFileURL(file).href) && (await ageMsOf(file)) > UNUSED_KEPT_MS) {
        await rm(file, { force: true });
      }
    }),
  );
}

/** 0 when it is gone: other calls remove files too. */
async function ageMsOf(file: string): Promise<number> {
  try {
    return Date.now() - (await stat(file)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

const imageUrlsOf = (look: CompositionLook): string[] =>
  [look.background?.imageUrl, ...(look.watermarks ?? []).map(({ imageUrl }) => imageUrl)].filter(
    (url) => url !== undefined,
  );

/** The address without what may be secret in it: credentials and query. */
const shown = (url: string): string => {
  if (url.startsWith('data:')) return `${url.slice(0, url.indexOf(','))},… (${url.length} characters)`;
  const parsed = URL.parse(url);
  return parsed === null ? `"${url.split(/[?@]/)[0]}"` : `${parsed.origin}${parsed.pathname}`;
};

const dataOf = (url: string): Buffer => Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');

async function keep(bytes: Buffer, directory: string): Promise<string> {
  const header = readImageHeader(bytes);
  if (header === null) throw new Error('it is no PNG, JPEG, WebP or SVG image');
  if (Math.max(header.width, header.height) > LARGEST_SIDE_PX) {
    throw new Error(`it is ${header.width}×${header.height} pixels large`);
  }
  if (header.format === 'svg') refuseReferences(bytes);
  const file = join(directory, `${createHash('sha256').update(bytes).digest('hex')}.png`);
  if (await renewed(file)) return file;
  const unfinished = `${file}.${process.hrtime.bigint()}`;
  await writeFile(unfinished, await drawAnew(bytes), { mode: 0o600 });
  await rename(unfinished, file);
  return file;
}

/** A drawing that refers to other files would read them from this machine or fetch them past the guard. */
function refuseReferences(bytes: Buffer): void {
  const text = bytes.toString('utf8');
  if (
    /<!ENTITY|href\s*=\s*["']?\s*(?!["']?(#|data:image\/))|url\(\s*["']?\s*(?!#|data:)|@import/i.test(text)
  ) {
    throw new Error('it refers to other files; embed them');
  }
}

/** Whether the file is there; one that is counts as fetched now. */
async function renewed(file: string): Promise<boolean> {
  try {
    const now = new Date();
    await utimes(file, now, now);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';
