/** The tests also need servers and a browser (NEEDED): installs the Debian packages as root, else says which are missing. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

/** Program looked for, and the Debian package that brings it. */
const NEEDED = [
  { program: 'redis-server', debianPackage: 'redis-server' },
  { program: 'mariadbd', debianPackage: 'mariadb-server' },
  { program: 'chromium', debianPackage: 'chromium' },
  { program: 'promtool', debianPackage: 'prometheus' },
  { program: 'influxd', debianPackage: 'influxdb' },
];

function isOnPath(program) {
  // Servers are where only root's PATH leads.
  return [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'].some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const missing = () =>
  NEEDED.filter(({ program }) => !isOnPath(program)).map(({ debianPackage }) => debianPackage);

/** Makes sure that every program is there; gives an error message, or null when all is well. */
export function ensureDebianPackages() {
  const before = missing();
  if (before.length === 0) return null;
  const command = `apt-get install --no-install-recommends ${before.join(' ')}`;
  if (process.getuid?.() !== 0) return `Missing: ${before.join(', ')}. Install with: sudo ${command}`;
  process.stdout.write(`Installing Debian packages: ${before.join(', ')}\n`);
  // A package that brings a server may not start it: the tests start their own.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const aptGet = (...args) =>
    spawnSync('apt-get', ['-y', '-q', ...args], { stdio: 'inherit', env }).status === 0;
  const install = () => aptGet('install', '--no-install-recommends', ...before);
  if (!install()) {
    aptGet('update');
    install();
  }
  const after = missing();
  return after.length === 0 ? null : `Still missing: ${after.join(', ')}. Try by hand: ${command}`;
}
