/** An nft rule for people: in about the words that nft itself uses. Pure. */
import { isObject, type Expression } from './nft-match.ts';

export function ruleText(expressions: readonly Expression[]): string {
  return expressions
    .map(show)
    .filter((part) => part !== '')
    .join(' ');
}

function show(expression: Expression): string {
  return Object.entries(expression)
    .map(([name, value]) => {
      const fields = isObject(value) ? value : {};
      switch (name) {
        case 'match':
          return [
            showTerm(fields['left']),
            fields['op'] === '==' || fields['op'] === 'in' ? '' : String(fields['op']),
            showTerm(fields['right']),
          ]
            .filter((part) => part !== '')
            .join(' ');
        case 'counter':
          return 'counter';
        case 'ct count':
          return `ct count ${fields['inv'] === true ? 'over ' : ''}${String(fields['val'])}`;
        case 'limit':
          return `limit rate ${fields['inv'] === true ? 'over ' : ''}${String(fields['rate'])}/${String(fields['per'])}`;
        case 'reject':
          return ['reject', fields['type'], fields['expr']].filter((part) => part !== undefined).join(' ');
        case 'jump':
        case 'goto':
          return `${name} ${String(fields['target'])}`;
        case 'vmap':
          return `${showTerm(fields['key'])} vmap`;
        case 'xt':
          return String(fields['name']);
        default:
          return name;
      }
    })
    .join(' ');
}

function showTerm(term: unknown): string {
  if (Array.isArray(term)) return term.map(showTerm).join(',');
  if (!isObject(term)) return String(term);
  const payload = term['payload'];
  if (isObject(payload)) return `${String(payload['protocol'])} ${String(payload['field'])}`;
  const meta = term['meta'] ?? term['ct'];
  if (isObject(meta)) return `${'ct' in term ? 'ct ' : ''}${String(meta['key'])}`;
  if (Array.isArray(term['set'])) return `{ ${term['set'].map(showTerm).join(', ')} }`;
  if (Array.isArray(term['range'])) return term['range'].map(showTerm).join('-');
  const prefix = term['prefix'];
  if (isObject(prefix)) return `${String(prefix['addr'])}/${String(prefix['len'])}`;
  if (Array.isArray(term['&'])) return term['&'].map(showTerm).join(' & ');
  return Object.keys(term).join(' ');
}
