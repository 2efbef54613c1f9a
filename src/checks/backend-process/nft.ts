/** What `nft -j list ruleset` prints (libnftables-json(5)), as chains. Pure. */
import * as z from 'zod';
import { allOf, type Chain, type Match, type Packet, type Rule, type Verdict } from './filter-walk.ts';
import { comparison, isObject, type Expression, type Sets } from './nft-match.ts';
import { ruleText } from './nft-text.ts';

const hooks = ['ingress', 'prerouting', 'input', 'output'] as const;

export interface Ruleset {
  readonly chains: ReadonlyMap<string, Chain>;
  /** Base chains that a packet meets, in the order of their priority. */
  readonly bases: readonly {
    readonly key: string;
    readonly hook: (typeof hooks)[number];
    readonly family: string;
    readonly table: string;
  }[];
}

const chainSchema = z.object({
  family: z.string(),
  table: z.string(),
  name: z.string(),
  hook: z.string().optional(),
  prio: z.number().optional(),
  policy: z.string().optional(),
});
const ruleSchema = z.object({
  family: z.string(),
  table: z.string(),
  chain: z.string(),
  comment: z.string().optional(),
  expr: z.array(z.record(z.string(), z.unknown())),
});
const setSchema = z.object({ family: z.string(), table: z.string(), name: z.string(), elem: z.array(z.unknown()).optional() });
const ruleset = z.object({ nftables: z.array(z.record(z.string(), z.unknown())) });

/** Null where it is no such JSON. */
export function readNft(json: string): Ruleset | null {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    return null;
  }
  const parsed = ruleset.safeParse(raw);
  if (!parsed.success) return null;
  const chains = new Map<string, { rules: Rule[]; policy: Chain['policy'] }>();
  const sets = new Map<string, readonly unknown[]>();
  const bases: (Ruleset['bases'][number] & { readonly prio: number })[] = [];
  for (const entry of parsed.data.nftables) {
    const set = setSchema.safeParse(entry['set']).data ?? setSchema.safeParse(entry['map']).data;
    if (set !== undefined) sets.set(`${set.family} ${set.table} ${set.name}`, set.elem ?? []);
    const chain = chainSchema.safeParse(entry['chain']).data;
    if (chain === undefined) continue;
    const { family, table, name, policy, prio = 0 } = chain;
    const key = `${family} ${table} ${name}`;
    const hook = hooks.find((one) => one === chain.hook);
    const base = chain.hook !== undefined;
    chains.set(key, {
      rules: [],
      policy: base ? { drops: policy === 'drop', text: `${key}: policy ${policy ?? 'accept'}`, packets: null } : null,
    });
    if (hook !== undefined) bases.push({ key, hook, family, table, prio });
  }
  for (const entry of parsed.data.nftables) {
    const rule = ruleSchema.safeParse(entry['rule']).data;
    if (rule === undefined) continue;
    const table = `${rule.family} ${rule.table}`;
    chains.get(`${table} ${rule.chain}`)?.rules.push(...readRule(table, rule.chain, rule.expr, sets));
  }
  const inOrder = bases.toSorted((a, b) => hooks.indexOf(a.hook) - hooks.indexOf(b.hook) || a.prio - b.prio);
  return { chains, bases: inOrder };
}

type Test = (packet: Packet) => Match;

/** A verdict map is one rule for each of its elements. */
function readRule(table: string, chain: string, expressions: readonly Expression[], sets: Sets): readonly Rule[] {
  const tests: Test[] = [];
  let partly: Rule['partly'] = null;
  let packets: number | null = null;
  let verdict: Verdict = { kind: 'continue' };
  let map: { readonly key: unknown; readonly elements: readonly (readonly [unknown, Expression])[] } | null = null;
  for (const expression of expressions) {
    for (const [name, value] of Object.entries(expression)) {
      const fields = isObject(value) ? value : {};
      switch (name) {
        case 'match': {
          const { op, left, right } = fields;
          if (isObject(left) && 'numgen' in left) partly = 'random';
          else tests.push(comparison(String(op), left, right, table, sets));
          break;
        }
        case 'counter':
          packets = typeof fields['packets'] === 'number' ? fields['packets'] : null;
          break;
        case 'limit':
        case 'ct count':
          partly = 'rate';
          break;
        case 'vmap':
          map = { key: fields['key'], elements: elementsOf(fields['data'], table, sets) };
          break;
        case 'xt':
          if (fields['type'] === 'match' && fields['name'] !== 'comment') tests.push(() => 'maybe');
          else if (fields['type'] === 'target') verdict = xtTarget(String(fields['name']));
          break;
        case 'meter':
        case 'quota':
          partly = 'rate';
          break;
        default:
          verdict = verdictOf(table, name, fields) ?? verdict;
      }
    }
  }
  const text = `${table} ${chain}: ${ruleText(expressions)}`;
  if (map === null) return [{ text, applies: (packet) => allOf(tests.map((test) => test(packet))), partly, verdict, packets }];
  const { key, elements } = map;
  return elements.map(([element, action]) => {
    const chosen = comparison('==', key, element, table, sets);
    const [name = '', value] = Object.entries(action)[0] ?? [];
    return {
      text,
      applies: (packet) => allOf([...tests.map((test) => test(packet)), chosen(packet)]),
      partly,
      verdict: verdictOf(table, name, isObject(value) ? value : {}) ?? { kind: 'continue' },
      packets,
    };
  });
}

function verdictOf(table: string, name: string, fields: Expression): Verdict | null {
  switch (name) {
    case 'accept':
    case 'drop':
    case 'reject':
    case 'return':
    case 'queue':
      return { kind: name };
    case 'jump':
    case 'goto':
      return { kind: name, chain: `${table} ${String(fields['target'])}` };
    case 'dnat':
    case 'redirect':
    case 'tproxy':
      return { kind: 'translate' };
    default:
      return null;
  }
}

function xtTarget(name: string): Verdict {
  if (name === 'REJECT') return { kind: 'reject' };
  return ['DNAT', 'REDIRECT', 'TPROXY'].includes(name) ? { kind: 'translate' } : { kind: 'continue' };
}

function elementsOf(data: unknown, table: string, sets: Sets): readonly (readonly [unknown, Expression])[] {
  const list =
    typeof data === 'string'
      ? (sets.get(`${table} ${data.replace(/^@/, '')}`) ?? [])
      : isObject(data) && Array.isArray(data['set'])
        ? data['set']
        : [];
  return list.flatMap((pair: unknown) => (Array.isArray(pair) && isObject(pair[1]) ? [[pair[0] as unknown, pair[1]] as const] : []));
}
