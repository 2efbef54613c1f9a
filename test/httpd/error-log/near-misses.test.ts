/** Lines of others that talk of proxies, failures and refused connections: none of them is the proxy's. */
import { describe, expect, test } from 'vitest';
import { createFinder } from '../../../src/httpd/error-log/finder.ts';
import { httpdNeedles } from '../../../src/httpd/error-log/needles.ts';
import { parseErrorLine } from '../../../src/httpd/error-log/parse.ts';

const at = '[Sat Nov 21 10:15:42.104233 2026]';
const who = '[client 203.0.113.7:51234]';
const modern = (module: string, text: string, level = 'error'): string => `${at} [${module}:${level}] [pid 4021:tid 4025] ${text}`;
const old = (text: string, level = 'error'): string => `[Sat Nov 21 10:15:42 2009] [${level}] ${text}`;

const lines: readonly string[] = [
  // PHP, as module and behind FastCGI
  modern(
    'php',
    `${who} PHP Warning:  fsockopen(): unable to connect to 192.0.2.11:8080 (Connection refused) in /var/www/proxy.php on line 31`,
  ),
  modern(
    'php7',
    `${who} PHP Fatal error:  Uncaught Error: proxy: HTTP: attempt to connect to 192.0.2.11:8080 (app) failed in /var/www/a.php:3`,
  ),
  modern('php', `${who} PHP Notice:  AH00957: http: attempt to connect to 192.0.2.11:8080 (app) failed`, 'notice'),
  modern('php', `${who} AH00957: http: attempt to connect to 192.0.2.11:8080 (app) failed`),
  modern('', `${who} PHP Warning:  error reading status line from remote server app:8080`),
  modern('', `${who} AH01102: error reading status line from remote server app:8080`),
  modern(
    'proxy_fcgi',
    `${who} AH01071: Got error 'PHP message: PHP Warning: file_get_contents(http://proxy.example/): failed to open stream: Connection refused'`,
  ),
  modern('proxy_fcgi', `${who} AH01071: Got error 'Primary script unknown', referer: http://site.example/proxy`),
  modern('proxy_fcgi', `(70007)The timeout specified has expired: ${who} AH01075: Error dispatching request to : (polling)`),
  modern('proxy_ajp', `(104)Connection reset by peer: AH01030: ajp_ilink_receive() can't receive header`),
  modern('proxy_ajp', `${who} AH00992: ajp_read_header: ajp_ilink_receive failed`),
  modern('proxy_ftp', `${who} AH01031: Unable to connect to remote ftp server`),
  modern('proxy_uwsgi', `${who} AH10103: Can't read from backend`),
  modern('proxy_scgi', `${who} AH00855: failed to make connection to backend: 127.0.0.1:4000`),
  modern('proxy_connect', `${who} AH01026: error on client - ap_pass_brigade`),
  modern('proxy_html', `${who} AH01418: Unsupported parser opts &`, 'warn'),
  modern('proxy_express', `${who} AH01006: Proxying: no key found`),
  // CGI and other programs whose words httpd repeats
  modern(
    'cgi',
    `${who} AH01215: (111)Connection refused: AH00957: http: attempt to connect to 192.0.2.11:8080 (app) failed: /usr/lib/cgi-bin/a`,
  ),
  modern('cgid', `${who} AH01215: proxy: pass request body failed to 192.0.2.11:8080 (app): /usr/lib/cgi-bin/a`),
  modern('cgi', `${who} AH01220: Timeout waiting for output from CGI script /usr/lib/cgi-bin/proxy.pl`),
  modern('fcgid', `${who} mod_fcgid: stderr: PHP Warning: Connection refused: proxy error reading from remote server`, 'warn'),
  modern('fcgid', `${who} (104)Connection reset by peer: mod_fcgid: error reading data from FastCGI server`, 'warn'),
  modern('fcgid', `${who} End of script output before headers: proxy.cgi`),
  modern('wsgi', `${who} requests.exceptions.ProxyError: HTTPConnectionPool: Cannot connect to proxy. Connection refused`),
  modern('wsgi', `[remote 203.0.113.7:51234] AH00898: Error reading from remote server returned by /x`),
  modern(
    'wsgi',
    `(11)Resource temporarily unavailable: ${who} mod_wsgi (pid=7): Unable to connect to WSGI daemon process 'proxy' on '/run/wsgi.sock'`,
  ),
  modern('perl', `${who} proxy: error reading response`),
  modern('lua', `${who} AH01471: /var/www/proxy.lua: connection refused`),
  modern('passenger', `${who} [ E ] App 7 output: Errno::ECONNREFUSED: Connection refused - connect(2) for proxy:8080`),
  modern('jk', `(111)Connection refused: connect to 127.0.0.1:8009 failed for proxy worker1`),
  // Security rules and rewriting
  modern(
    'security2',
    `${who} ModSecurity: Warning. Matched phrase "proxy: HTTP: attempt to connect" at ARGS:q. [file "/etc/modsecurity/913.conf"] [id "913100"] [uri "/proxy"]`,
  ),
  modern('security2', `${who} ModSecurity: Output filter: Failed to read bucket (rc 104): Connection reset by peer [uri "/proxy/a"]`),
  modern('security2', `${who} ModSecurity: Rule 7 [id "1"] - Execution error - PCRE limits exceeded (-8): AH00957: [uri "/"]`),
  modern(
    'rewrite',
    `${who} AH00670: Options FollowSymLinks and SymLinksIfOwnerMatch are both off, so the RewriteRule directive is also forbidden: /var/www/proxy/`,
  ),
  modern(
    'rewrite',
    `mod_rewrite.c(493): ${who} 203.0.113.7 - - [app/sid#7][rid#7/initial] go-ahead with proxy request proxy:http://192.0.2.11:8080/a [OK]`,
    'trace1',
  ),
  modern('authz_core', `${who} AH01630: client denied by server configuration: proxy:http://192.0.2.11:8080/admin`),
  modern('authz_core', `mod_authz_core.c(843): ${who} AH01628: authorization result: granted (no directives), proxy`, 'debug'),
  modern('access_compat', `${who} AH01797: client denied by server configuration: proxy:ajp://localhost:8009/manager`),
  modern('evasive20', `${who} client denied by server configuration: proxy:http://app/`),
  modern('auth_basic', `${who} AH01617: user proxy: authentication failure for "/proxy": Password Mismatch`),
  modern(
    'auth_openidc',
    `${who} oidc_util_http_call: curl_easy_perform() failed on: https://idp.example/token (Failed to connect to proxy: Connection refused)`,
  ),
  modern(
    'authnz_ldap',
    `${who} AH01617: auth_ldap authenticate: user proxy authentication failed; URI /proxy [LDAP: ldap_simple_bind() failed][Can't contact LDAP server]`,
  ),
  modern('ldap', `(111)Connection refused: AH01277: LDAP: cannot connect through proxy`),
  // TLS of clients, and files
  modern('ssl', `${who} AH02261: Re-negotiation handshake failed`),
  modern('ssl', `AH01909: proxy.example:443:0 server certificate does NOT include an ID which matches the server name`, 'warn'),
  modern('ssl', `AH02217: ssl_stapling_init_cert: can't retrieve issuer certificate! (proxy failed)`),
  modern(
    'ssl',
    `(70014)End of file found: ${who} AH02007: SSL handshake interrupted by system [Hint: Stop button pressed in browser?!]`,
    'info',
  ),
  modern('ssl', `(110)Connection timed out: AH01985: failed reading line from OCSP server via proxy`),
  modern('ssl', `AH01980: bad response from OCSP server: proxy refused`),
  modern('core', `${who} AH00037: Symbolic link not allowed or link target not accessible: /var/www/proxy`),
  modern(
    'core',
    `(13)Permission denied: ${who} AH00529: /var/www/proxy/.htaccess pcfg_openfile: unable to check htaccess file, ensure it is readable`,
    'crit',
  ),
  modern('core', `${who} AH00126: Invalid URI in request GET http://proxy.example/AH00957: HTTP/1.1`),
  modern('core', `${who} AH10244: invalid URI path (/cgi-bin/.%2e/.%2e/proxy: HTTP: attempt to connect)`),
  modern('core', `(104)Connection reset by peer: ${who} AH00567: request failed: error reading the headers`, 'info'),
  modern('core', `(36)File name too long: ${who} AH00127: Cannot map GET /proxy:http:/ HTTP/1.1 to file`),
  modern('negotiation', `${who} AH00690: no acceptable variant: /usr/share/httpd/error/HTTP_BAD_GATEWAY.html.var for proxy`),
  modern('autoindex', `${who} AH01276: Cannot serve directory /var/www/proxy/: No matching DirectoryIndex (index.html) found`),
  modern('http2', `AH02950: h2_session(7,proxy): connection refused by peer`, 'info'),
  modern('dav', `${who} (2)No such file or directory: The proxied lock could not be opened. [500, #400]`),
  modern('dbd', `(20014)Internal error: AH00632: failed to prepare SQL statements through proxy`),
  modern('cache', `${who} AH00750: Adding CACHE_SAVE filter for http://proxy/`, 'debug'),
  modern('socache_memcache', `AH00790: connection refused by memcache proxy`),
  modern('slotmem_shm', `(17)File exists: AH02611: create: apr_shm_create(/run/httpd/slotmem-shm-proxy.shm) failed`),
  modern('watchdog', `AH02980: Child: Created child worker thread (_proxy_hcheck_).`, 'info'),
  modern('md', `AH10056: processing proxy.example: (111)Connection refused`),
  modern('reqtimeout', `(104)Connection reset by peer: ${who} AH02034: something of proxy`, 'debug'),
  // 2.2, where no module is named
  old('[client 203.0.113.7] PHP Warning:  fopen(http://proxy/): failed to open stream: Connection refused in /var/www/proxy.php on line 3'),
  old('[client 203.0.113.7] client denied by server configuration: proxy:http://192.0.2.11/'),
  old('[client 203.0.113.7] File does not exist: /var/www/proxy: HTTP: attempt to connect'),
  old('[client 203.0.113.7] (13)Permission denied: file permissions deny server access: /var/www/proxy.html'),
  old('[client 203.0.113.7] ModSecurity: Access denied with code 403: Match of "proxy: error reading" against REQUEST_URI'),
  old('[client 203.0.113.7] Premature end of script headers: proxy.cgi, referer: http://site.example/proxy: error reading response'),
  old('(111)Connection refused: ajp_connect_backend: connect to 127.0.0.1:8009 failed'),
  old('an error occurred: AH00957: http: attempt to connect to 192.0.2.11:8080 (app) failed'),
  // No lines of httpd at all
  'proxy.example - - [21/Nov/2026:10:15:42 +0000] "GET /proxy: HTTP/1.1" 502 0 "-" "AH00957: curl"',
  '203.0.113.7 - - [21/Nov/2026:10:15:42 +0000] "GET /AH01102: HTTP/1.1" 404 12',
  'connect to proxy failed: Connection refused',
  '    at Proxy.connect (/srv/app/proxy.js:12:3): AH00957: refused',
  '2026/11/21 10:15:42 [error] 31#31: *7 connect() failed (111: Connection refused) while connecting to upstream, client: 203.0.113.7, upstream: "http://192.0.2.11:8080/"',
  'Nov 21 10:15:42 web1 squid[7]: TCP connection to proxy:3128 failed: Connection refused',
  'Nov 21 10:15:42 web1 kernel: [7.1] proxy[77]: segfault at 0 ip 0 sp 0 error 4',
  '{"log":"proxy: connection refused\\n","stream":"stdout","time":"2026-11-21T10:15:42Z"}',
  '{"message":"GET /AH00957: 502","level":"info"}',
  '[error] something failed in proxy mode: Connection refused',
  '',
  ' ',
  '[',
  'AH',
  'AH00957',
  '(111)',
];

describe('near misses', () => {
  test.each(lines.map((line) => [line]))('%s', (line) => {
    const entry = parseErrorLine(line);
    // What the parser gives for a line of a module of the proxy that is not known is said to be unknown; here are none of these.
    expect(entry).toBeNull();
  });

  test('there are enough of them', () => {
    expect(lines.length).toBeGreaterThanOrEqual(50);
  });

  test('most of them are passed over without being parsed', () => {
    const finder = createFinder(httpdNeedles, 65_536, 65_536);
    const parsed = lines
      .filter((line) => line.startsWith(at))
      .filter((line) => {
        const { written } = new TextEncoder().encodeInto(`${line}\n`, finder.memory.subarray(finder.begin));
        return finder.find(finder.begin, finder.begin + written) > 0;
      });
    // Those that log some lines of ours, and names too long to be seen at a glance, are.
    expect(parsed.filter((line) => !/\[(proxy_\w+|core|ssl|http|reqtimeout|\w{16,}):/.test(line))).toEqual([]);
  });
});

describe('lines of the proxy that no message fits', () => {
  test.each([
    modern('proxy', 'AH19999: a message of tomorrow'),
    modern('proxy_http', `${who} AH00898: something new returned by /x`),
    modern('proxy_http2', `${who} AH03350: h2_proxy_session(7): done`, 'debug'),
    old('proxy: a message that was forgotten'),
  ])('%s is kept as not recognised', (line) => {
    expect(parseErrorLine(line)).toMatchObject({ message: null, family: null });
  });
});
