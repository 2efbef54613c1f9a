/**
 * Is this Node new enough? Asked by the entry before anything else is loaded, so it is written in what old versions can read.
 */
export const neededNode = '20.19';

/** @returns the complaint in one line, or null */
export function tooOldNode(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [neededMajor = 0, neededMinor = 0] = neededNode.split('.').map(Number);
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return null;
  return `proxy-doctor: this is Node ${version}, and it needs ${neededNode} or later. Install a newer Node, or use the single executable, which brings its own (npm run build:executable).`;
}
