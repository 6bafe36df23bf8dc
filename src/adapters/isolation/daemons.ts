// Programs that run already and are handed paths: for them the workspace's path leads to the workspace, whatever the command
// that asks them sees there. None of them may answer for a place that is seen at that path.
import { statSync } from 'node:fs';
import path from 'node:path';
import type { Mount } from '../../ports/workers';
import { homeFolder, userName } from '../files/homeFolder';

type Variables = Readonly<Record<string, string>>;

/** Has tools that would ask such a program do their work themselves. */
export function withoutDaemons(variables: Variables): Variables {
  const noGradleDaemon = '-Dorg.gradle.daemon=false';
  const gradle = variables.GRADLE_OPTS;
  return {
    ...variables,
    GRADLE_OPTS: gradle === undefined ? noGradleDaemon : `${gradle} ${noGradleDaemon}`,
    NX_DAEMON: 'false',
  };
}

/** Sockets of those that there is no other way round, each closed to the command: containers mount folders by their paths. */
export function closedSockets(variables: Variables): readonly Mount[] {
  return socketsOf(variables)
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isSocket())
    .map((at) => ({ from: '/dev/null', at }));
}

function socketsOf({ DOCKER_HOST = '', WATCHMAN_SOCK, HOME = homeFolder() }: Variables): readonly string[] {
  const user = userName();
  const watchman = user === undefined ? [] : [`watchman/${user}-state/sock`];
  const runtime = `/run/user/${process.getuid?.()}`;
  const named = /^unix:\/\/(.+)/.exec(DOCKER_HOST)?.[1];
  return [
    '/run/docker.sock',
    '/run/podman/podman.sock',
    '/run/containerd/containerd.sock',
    ...['docker.sock', 'podman/podman.sock'].map((name) => path.join(runtime, name)),
    ...['.docker/run/docker.sock', '.docker/desktop/docker.sock', '.colima/default/docker.sock'].map((name) =>
      path.join(HOME, name),
    ),
    ...(named === undefined ? [] : [named]),
    ...['/usr/local/var/run', '/var/run', path.join(HOME, '.local/state')].flatMap((state) =>
      watchman.map((name) => path.join(state, name)),
    ),
    ...(WATCHMAN_SOCK === undefined ? [] : [WATCHMAN_SOCK]),
  ];
}
