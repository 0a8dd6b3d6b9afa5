import { join } from 'node:path';
import { n8nInstallDirectory } from './n8n-install.ts';

/** The addresses and the folder one n8n process works with. */
export type N8nPlace = { userFolder: string; port: number; brokerPort: number };

/**
 * The environment of an n8n process: isolated from the caller's, since a test runner's `NODE_ENV` or a
 * developer's own `N8N_*` variables would change what is tested. Everything that calls home is off, so that
 * n8n starts as fast without a network as with one.
 */
export function n8nEnvironment(
  place: N8nPlace,
  overrides: Readonly<Record<string, string>>,
): Record<string, string> {
  const url = `http://127.0.0.1:${place.port}/`;
  return {
    ...inherited('PATH', 'LANG', 'TZ', 'TMPDIR', 'NODE_EXTRA_CA_CERTS'),
    HOME: place.userFolder,
    // A second of computing less at every start, of about seven.
    NODE_COMPILE_CACHE: join(n8nInstallDirectory, 'compile-cache'),
    N8N_USER_FOLDER: place.userFolder,
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_HOST: '127.0.0.1',
    N8N_PORT: String(place.port),
    N8N_EDITOR_BASE_URL: url,
    WEBHOOK_URL: url,
    N8N_RUNNERS_BROKER_LISTEN_ADDRESS: '127.0.0.1',
    N8N_RUNNERS_BROKER_PORT: String(place.brokerPort),
    N8N_SECURE_COOKIE: 'false',
    N8N_PYTHON_ENABLED: 'false',
    N8N_DIAGNOSTICS_ENABLED: 'false',
    N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
    N8N_DYNAMIC_BANNERS_ENABLED: 'false',
    N8N_TEMPLATES_ENABLED: 'false',
    N8N_VERIFIED_PACKAGES_ENABLED: 'false',
    N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
    N8N_HIRING_BANNER_ENABLED: 'false',
    N8N_PERSONALIZATION_ENABLED: 'false',
    N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
    N8N_DISABLED_MODULES: 'mcp-registry',
    ...overrides,
  };
}

function inherited(...names: string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
