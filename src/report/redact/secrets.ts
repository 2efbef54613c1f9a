/** Where secrets and user names stand in log lines, configuration, command lines and URLs. Each match's value gets a pseudonym. */

export interface Rule {
  readonly kind: 'secret' | 'user';
  /** Group `v` is the value. */
  readonly pattern: RegExp;
}

const value = String.raw`(?<v>[^\s"'\\,;&<>{}()[\]]+)`;
const names =
  'passw(?:or)?d|passwd|pwd|secret|token|api[-_]?key|apikey|access[-_]?key|auth|credential|session(?:[-_]?id)?|sid|jsessionid|phpsessid|csrf|signature|sig|private[-_]?key|client[-_]?secret';

export const rules: readonly Rule[] = [
  // Headers, in log lines and configuration: Authorization: Basic …, Cookie: …
  {
    kind: 'secret',
    pattern: /(?:proxy-)?authorization["']?\s*[:=]?\s*["']?(?:basic|bearer|digest|negotiate|ntlm)?\s*(?<v>[A-Za-z0-9+/=._~-]{6,})/gi,
  },
  { kind: 'secret', pattern: /\b(?:basic|bearer)\s+(?<v>[A-Za-z0-9+/=._~-]{8,})/gi },
  { kind: 'secret', pattern: /\b(?:set-)?cookie["']?\s*[:=]\s*["']?(?<v>[^"'\n]+)/gi },
  // user:password@ in URLs
  { kind: 'secret', pattern: /\/\/[^\s/:@"']+:(?<v>[^\s/@"']+)@/g },
  { kind: 'user', pattern: /\/\/(?<v>[^\s/:@"']+)(?=(?::[^\s/@"']*)?@)/g },
  // Query values, whatever their names: a path says enough
  { kind: 'secret', pattern: /[?&][^=&\s"']{1,80}=(?<v>[^&\s"'\\#]+)/g },
  // name=value and "name": "value" of things that are called secret
  {
    kind: 'secret',
    pattern: new RegExp(String.raw`(?<![A-Za-z])[A-Za-z0-9_-]{0,30}?(?:${names})[A-Za-z0-9_-]{0,12}["']?\s*[:=]\s*["']?${value}`, 'gi'),
  },
  { kind: 'secret', pattern: new RegExp(String.raw`--(?:${names})[= ]${value}`, 'gi') },
  {
    kind: 'secret',
    pattern:
      /\b(?:AuthLDAPBindPassword|SSLProxyMachineCertificatePassPhrase|SSLPassPhraseDialog|SessionCryptoPassphrase|AuthBasicFake)\s+(?:\S+\s+)?(?<v>\S+)/gi,
  },
  {
    kind: 'secret',
    pattern: /\bRequestHeader\s+(?:set|add|append|merge)\s+"?(?:authorization|cookie|x-api-key|x-auth-token)"?\s+"?(?<v>[^"\n]+)/gi,
  },
  // Things that are secrets by their make
  { kind: 'secret', pattern: /\b(?<v>eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)?)/g },
  { kind: 'secret', pattern: /\b(?<v>(?:AKIA|ASIA|ghp_|gho_|ghs_|glpat-|xox[abprs]-|sk-|sk_live_|rk_live_)[A-Za-z0-9_-]{10,})/g },
  { kind: 'secret', pattern: /(?<v>-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----)/g },
  // User names: the third column of an access log, ssh's user@host, home folders, user= and login=
  { kind: 'user', pattern: /^\S+ \S+ (?<v>[^\s[\]-][^\s[\]]*) \[\d{2}\/[A-Z][a-z]{2}\/\d{4}:/gm },
  { kind: 'user', pattern: /(?<![\w.-])(?<v>[A-Za-z_][\w.-]{0,60})@(?=[\w.-]+)/g },
  { kind: 'user', pattern: /\/(?:home|Users)\/(?<v>[A-Za-z_][\w.-]*)/g },
  { kind: 'user', pattern: /\b(?:user(?:name)?|login|uid|email)["']?\s*[:=]\s*["']?(?<v>[A-Za-z_][\w.@+-]*)/gi },
  { kind: 'user', pattern: /\buser (?<v>[A-Za-z_][\w.@+-]*)(?=:? (?:authentication|not found|password))/gi },
];
