// Runs a TypeScript file of this project: Node strips the types itself (the pinned Node of tools/runtime does).
import { spawnSync } from 'node:child_process';

const [file, ...args] = process.argv.slice(2);
process.exit(spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', file, ...args], { stdio: 'inherit' }).status ?? 1);
