/** Reads a flow for its author: everything that is wrong is collected, where `load-flow.ts` stops at the first. */
import { dirname, join, relative } from 'node:path';
import { checks } from '../../checks/registry.ts';
import type { Declared } from '../../diagnosis/declared.ts';
import { readDeclared } from '../../diagnosis/read-declared.ts';
import { isSign, signs } from '../../diagnosis/signs/all.ts';
import type { View } from '../../diagnosis/view.ts';
import { UsageError, type Place } from '../../errors.ts';
import { readDocument, type Source } from '../../flow/document.ts';
import { lintDiagnoses, type SignKnowledge } from '../../flow/lint-diagnoses.ts';
import { instead, tidy, type Problem } from '../../flow/problem.ts';
import { inspectFlow } from '../../flow/read-flow.ts';
import type { Flow } from '../../engine/flow.ts';
import { FileTooBig } from '../../bounded-text.ts';
import { flowBytes } from '../../flow/read-flow.ts';
import { flowsFolder, isThere, textOf } from '../../shipped-files.ts';
import { defaultFlow, findFlow } from '../find-flow.ts';
import { diagnosesBytes, makeCatalogue } from '../load-flow.ts';

/** The points of the article that the checks and flows carry out. */
export const articlePoints: readonly string[] = Array.from({ length: 30 }, (_, index) => `A${String(index + 1).padStart(2, '0')}`);


/** As the user would name it, so that the place in a complaint can be opened. */
export function shown(file: string): string {
  const near = relative(process.cwd(), file);
  return near.startsWith('..') ? file : near;
}

export interface Inspection {
  readonly file: string;
  /** Null where too little could be read. */
  readonly flow: Flow | null;
  readonly declared: Readonly<Record<string, Declared>>;
  readonly problems: readonly Problem[];
}

/** What signs look at and say when there is nothing to look at, found by asking them. */
function signKnowledge(): SignKnowledge {
  const asked = (name: string): { readonly checks: readonly string[]; readonly state: 'yes' | 'no' | 'unknown' } => {
    const seen = new Set<string>();
    const view: View = {
      subject: { key: 'b:1', backend: 'b:1', mode: 'none', failures: 0 },
      of: (check) => {
        seen.add(check);
        return { state: 'could-not', evidence: null, facts: null, outcome: null };
      },
      backend: null,
      mode: 'none',
      answers: {},
    };
    if (!isSign(name)) return { checks: [], state: 'unknown' };
    const { state } = signs[name](view);
    return { checks: [...seen], state };
  };
  return { names: Object.keys(signs), checksOf: (sign) => asked(sign).checks, fromNothing: (sign) => asked(sign).state };
}

/** @throws {UsageError} where there is no such flow, or it can not be read at all */
export function inspect(wanted: string | undefined): Inspection {
  const file = findFlow(wanted ?? defaultFlow);
  const text = readText(file);
  const beside = join(dirname(file), 'diagnoses.yaml');
  const ownDiagnoses = isThere(beside);
  const diagnosesFile = ownDiagnoses ? beside : join(flowsFolder(), defaultFlow, 'diagnoses.yaml');
  const source = readDocument(readText(diagnosesFile), shown(diagnosesFile), { bytes: diagnosesBytes });
  const problems: Problem[] = [...source.problems];
  const declared = declaredIn(source, shown(diagnosesFile), problems);
  // The diagnoses' file may be broken: then its ids alone serve, so that the flow does not seem broken as well.
  const ids = declared ? Object.keys(declared) : Object.keys(source.value !== null && typeof source.value === 'object' ? source.value : {});
  const inspected = inspectFlow(text, shown(file), makeCatalogue(ids), { points: articlePoints });
  problems.push(...inspected.problems);
  if (inspected.flow && declared) {
    const found = lintDiagnoses({ flow: inspected.flow, rules: declared, signs: signKnowledge(), checks: Object.keys(checks), source });
    // Another flow's diagnoses are lent, not owned: that some are not used is no finding.
    problems.push(...found.filter((problem) => ownDiagnoses || problem.severity === 'error').map(tidy));
  }
  return { file, flow: inspected.flow, declared: declared ?? {}, problems };
}

function declaredIn(source: Source, file: string, problems: Problem[]): Record<string, Declared> | null {
  try {
    return readDeclared(source.value, file);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const sign = /there is no sign (\S+)/.exec(error.message)?.[1];
    const remedy = sign === undefined ? error.remedy : instead(sign, Object.keys(signs));
    problems.push(
      tidy({
        severity: 'error',
        kind: 'diagnoses',
        place: placeOf(error, source) ?? error.place ?? { file },
        message: error.message,
        remedy,
      }),
    );
    return null;
  }
}

/** The complaint begins with the path of what it is about: `backend-tls.mechanism.0.1: …`. */
function placeOf(error: UsageError, source: Source): Place | null {
  const path = /^([\w-]+(?:\.[\w-]+)*): /.exec(error.message)?.[1];
  return path === undefined ? null : source.valueAt(path.split('.'));
}

export function readText(file: string): string {
  try {
    return textOf(file, flowBytes);
  } catch (error) {
    if (error instanceof FileTooBig) throw new UsageError(error.message, 'Give a smaller file; this one can not be what it should be', { file: shown(file), line: error.line });
    throw new UsageError(`can not be read: ${error instanceof Error ? error.message : String(error)}`, 'Name a file that can be read', {
      file: shown(file),
    });
  }
}
