import { accessSync, constants, existsSync, mkdirSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { createSocket } from 'node:dgram';
import type { RuntimeConfig } from './config/index.ts';
import { RoomflowError } from './contract/index.ts';
import { loadCodecEngine } from './media/engine/index.ts';
import {
  checkSpeechEngine,
  knownEngines,
  locateFfmpeg,
  readOutputProtocols,
  voiceViews,
} from './media/index.ts';
import { openStore } from './store/index.ts';

type Finding = { ok: boolean; what: string; toDo?: string };

/**
 * Checks what the runtime needs on this machine and writes a line for each, with what to do where something
 * is missing.
 *
 * @returns true when the runtime can start.
 */
export async function doctor(config: RuntimeConfig, out: { write(text: string): unknown }): Promise<boolean> {
  const findings: Finding[] = [
    node(),
    await ffmpeg(),
    await codecEngine(),
    ...speechEngines(config),
    ...(await voices(config)),
    folder(config.dataDirectory),
    disk(config),
    await database(config),
    await httpPort(config),
    await udp(config),
  ];
  for (const { ok, what, toDo } of findings) {
    out.write(`${ok ? 'ok  ' : 'FAIL'}  ${what}${toDo ? `\n      → ${toDo}` : ''}\n`);
  }
  const healthy = findings.every((finding) => finding.ok);
  out.write(healthy ? 'Everything is in place.\n' : 'Mend the lines marked FAIL, then run doctor again.\n');
  return healthy;
}

function node(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  return major >= 24
    ? { ok: true, what: `Node ${process.versions.node}` }
    : { ok: false, what: `Node ${process.versions.node} is too old`, toDo: 'Install Node 24 or later.' };
}

async function ffmpeg(): Promise<Finding> {
  try {
    const { ffmpegPath, version } = await locateFfmpeg();
    const protocols = await readOutputProtocols(ffmpegPath);
    const missing = ['rtmp', 'rtmps'].filter((protocol) => !protocols.includes(protocol));
    return {
      ok: true,
      what: `ffmpeg ${version} (${ffmpegPath})${missing.length > 0 ? ` without ${missing.join(' and ')}` : ''}`,
      ...(missing.length > 0
        ? { toDo: 'Livestreams need an ffmpeg that speaks RTMP and RTMPS, as the one of Debian does.' }
        : {}),
    };
  } catch (error) {
    const failure = RoomflowError.from(error);
    return {
      ok: false,
      what: failure.message,
      toDo: 'Install ffmpeg 5 or later (Debian and Ubuntu: apt-get install ffmpeg), or set FFMPEG_PATH.',
    };
  }
}

/** Rooms work without one; what needs the room as one picture does not. */
async function codecEngine(): Promise<Finding> {
  try {
    const { name } = await loadCodecEngine('auto');
    return name === 'node-av'
      ? { ok: true, what: 'Rooms are composed with node-av (FFmpeg in process)' }
      : {
          ok: true,
          what: 'Rooms are composed with ffmpeg children, at more CPU and delay than with node-av',
          toDo: 'npm install node-av adds the faster engine where its binary runs.',
        };
  } catch (error) {
    return {
      ok: false,
      what: messageOf(error),
      toDo: 'Without a codec engine there is no recording of the room, no RTMP and no HLS: npm install node-av.',
    };
  }
}

/** Rooms work without any; transcripts and captions need one. That a service answers is not tried. */
function speechEngines(config: RuntimeConfig): Finding[] {
  return Object.entries(knownEngines(config.speechEngines)).map(([name, settings]) => {
    const { ready, message } = checkSpeechEngine(settings);
    const isDefault = name === config.defaultSpeechEngine ? ', the default' : '';
    return ready
      ? { ok: true, what: `Speech engine ${name} (${settings.type}${isDefault})` }
      : {
          ok: true,
          what: `Speech engine ${name} (${settings.type}${isDefault}) cannot be used`,
          ...(message === null ? {} : { toDo: message }),
        };
  });
}

/** Rooms work without any; what speaks into them needs one. */
async function voices(config: RuntimeConfig): Promise<Finding[]> {
  const views = await voiceViews(config.speechVoices, config.defaultVoice);
  // Each language of a program is a voice; the program is told once.
  return views
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, ready, message }) => ({
      ok: true,
      what: ready ? `Voice ${name}` : `Voice ${name} cannot be used`,
      ...(message === null ? {} : { toDo: message }),
    }));
}

function folder(path: string): Finding {
  try {
    if (!existsSync(path)) {
      mkdirSync(path, { recursive: true, mode: 0o700 });
    }
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return { ok: true, what: `Data folder ${path} can be written` };
  } catch (error) {
    return {
      ok: false,
      what: `Data folder ${path}: ${messageOf(error)}`,
      toDo: 'Give this user the folder, or choose another with --data-directory.',
    };
  }
}

function disk(config: RuntimeConfig): Finding {
  try {
    const { bavail, bsize } = statfsSync(existingParentOf(config.recordingsDirectory));
    const freeBytes = bavail * bsize;
    const free = `${(freeBytes / 1e9).toFixed(1)} GB free for recordings`;
    return freeBytes >= config.minimumFreeDiskBytes
      ? { ok: true, what: free }
      : {
          ok: false,
          what: `Only ${free}`,
          toDo: 'Make room, or put recordings elsewhere with --recordings-directory.',
        };
  } catch (error) {
    return {
      ok: false,
      what: `Disk: ${messageOf(error)}`,
      toDo: 'Choose another folder with --recordings-directory.',
    };
  }
}

/** Where a folder that is made only when it is needed will lie. */
function existingParentOf(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : existingParentOf(dirname(path));
}

async function database(config: RuntimeConfig): Promise<Finding> {
  try {
    const store = await openStore({ file: config.databaseFile });
    await store.close();
    return { ok: true, what: `Database ${config.databaseFile} opens` };
  } catch (error) {
    const failure = RoomflowError.from(error);
    return failure.code === 'data-folder-in-use'
      ? { ok: true, what: 'Database: a runtime is running on this data folder' }
      : {
          ok: false,
          what: `Database: ${failure.message}`,
          toDo: 'Check the file, or move it away to begin anew.',
        };
  }
}

async function httpPort(config: RuntimeConfig): Promise<Finding> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(config.port, config.host, resolve);
    });
    return { ok: true, what: `Port ${config.port} on ${config.host} is free` };
  } catch (error) {
    if (await isRoomflow(config)) {
      return { ok: true, what: `Port ${config.port}: a Roomflow runtime answers there` };
    }
    return {
      ok: false,
      what: `Port ${config.port} on ${config.host}: ${messageOf(error)}`,
      toDo: 'Stop the other program, or choose another with --port.',
    };
  } finally {
    server.close();
  }
}

async function isRoomflow(config: RuntimeConfig): Promise<boolean> {
  try {
    const response = await fetch(`http://${config.host}:${config.port}/health`, {
      signal: AbortSignal.timeout(1000),
    });
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null && 'status' in body && body.status === 'ok';
  } catch {
    // Whatever is there does not speak to us; the caller reports the port as taken.
    return false;
  }
}

async function udp(config: RuntimeConfig): Promise<Finding> {
  const { udpPort, workers } = config;
  const range = udpPort === undefined ? config.udpPortRange : { min: udpPort, max: udpPort + workers - 1 };
  const first = range?.min ?? 0;
  // Of a range some port will be free; of one port for each worker all have to be.
  const last = udpPort === undefined ? first : udpPort + workers - 1;
  for (let port = first; port <= last; port++) {
    const error = await udpError(port, config.bindAddresses[0]);
    // A runtime that is up has bound it for those who meet there now.
    if (error !== undefined && !(udpPort !== undefined && (await isRoomflow(config)))) {
      return {
        ok: false,
        what: `UDP port ${port}: ${messageOf(error)}`,
        toDo: `Choose another with ${udpPort === undefined ? '--udp-port-range' : '--udp-port'}, or an address of this machine with --bind-addresses.`,
      };
    }
  }
  const announced =
    config.announcedAddresses.length > 0 ? `; announced as ${config.announcedAddresses.join(', ')}` : '';
  if (range === undefined) {
    return {
      ok: true,
      what: `UDP can be bound; any free port is used (set udpPort or udpPortRange for a firewall)${announced}`,
    };
  }
  const ports = range.min === range.max ? `${range.min}` : `${range.min}–${range.max}`;
  return { ok: true, what: `UDP ${ports} can be bound (to be opened in the firewall)${announced}` };
}

/** Why nothing can be bound there, or `undefined`. */
async function udpError(port: number, address: string | undefined): Promise<unknown> {
  const socket = createSocket('udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(port, address, resolve);
    });
    return undefined;
  } catch (error) {
    return error;
  } finally {
    socket.close();
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
