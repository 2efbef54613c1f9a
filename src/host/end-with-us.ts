/** No program that was started here outlives this process, also not one that ignores being told to leave. */
const alive = new Set<number>();
let watching = false;

/** @param child a subprocess of execa's in a process group of its own, which never rejects */
export function endWithUs(child: PromiseLike<unknown> & { readonly pid?: number | undefined }): void {
  const { pid } = child;
  if (pid === undefined) return;
  if (!watching) process.once('exit', endAll);
  watching = true;
  alive.add(pid);
  void child.then(() => alive.delete(pid));
}

function endAll(): void {
  for (const pid of alive) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Its group has ended meanwhile.
    }
  }
}
