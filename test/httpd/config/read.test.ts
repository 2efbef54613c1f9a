import { describe, expect, test } from 'vitest';
import { main, problems, read, shown } from './support.ts';

describe('sections that are settled while reading', () => {
  const settled = `
<IfModule so_module>
  A so
</IfModule>
<IfModule mod_so.c>
  A so-by-file
</IfModule>
<IfModule mod_proxy.c>
  A not-loaded
  <VirtualHost *>
    A nested
  </VirtualHost>
  <IfModule so_module>
    A deeper
  </IfModule>
</IfModule>
LoadModule proxy_module modules/mod_proxy.so
<IfModule mod_proxy.c>
  A loaded-meanwhile
</IfModule>
<IfModule !proxy_module>
  A negated
</IfModule>
<IfDefine TLS>
  A tls
</IfDefine>
<IfDefine !TLS>
  A no-tls
</IfDefine>
<IfVersion >= 2.4.10>
  A new
</IfVersion>
<IfVersion < 2.4>
  A old
</IfVersion>
<IfFile "conf/httpd.conf">
  A file
</IfFile>
<IfFile /nowhere>
  A no-file
</IfFile>`;

  test('keep what holds, at its own lines, and drop the rest', async () => {
    const tree = await read(settled, { defines: ['TLS'] });
    expect(shown(tree).filter((line) => line.includes(' A '))).toEqual([
      'httpd.conf:3 A so',
      'httpd.conf:6 A so-by-file',
      'httpd.conf:19 A loaded-meanwhile',
      'httpd.conf:25 A tls',
      'httpd.conf:31 A new',
      'httpd.conf:37 A file',
    ]);
    expect(problems(tree)).toEqual([]);
  });

  test('an unknown version is said, and what it would decide is taken as in force', async () => {
    const tree = await read('<IfVersion >= 2.4>\nA new\n</IfVersion>', { version: null });
    expect(shown(tree)).toEqual(['httpd.conf:2 A new']);
    expect(problems(tree)).toEqual([expect.stringContaining('httpd.conf:1 <IfVersion >= 2.4> could not be decided')]);
  });

  test('<If> stays as a section: it is decided for each request', async () => {
    const tree = await read(`<If "%{REQUEST_URI} =~ m#>#">\n A 1\n</If>`);
    expect(shown(tree)).toEqual(['httpd.conf:1 <If "%{REQUEST_URI} =~ m#>#">', 'httpd.conf:2   A 1']);
  });
});

describe('Include', () => {
  test('follows files, folders and patterns in the order of names, below the ServerRoot of that moment', async () => {
    const tree = await read({
      [main]: 'Include conf.d/*.conf\nServerRoot /srv\nInclude extra\nInclude /etc/httpd/conf.d/x.txt\nInclude sites/*/proxy.conf\nZ end',
      '/etc/httpd/conf.d/b.conf': 'B 1',
      '/etc/httpd/conf.d/a.conf': 'A 1\nA 2',
      '/etc/httpd/conf.d/.hidden.conf': 'H 1',
      '/etc/httpd/conf.d/x.txt': 'X 1',
      '/srv/extra/deep/er.conf': 'D 1',
      '/srv/extra/a': 'E 1',
      '/srv/sites/two/proxy.conf': 'S 2',
      '/srv/sites/one/proxy.conf': 'S 1',
      '/srv/sites/readme': 'no folder',
    });
    expect(shown(tree).filter((line) => !/Include|ServerRoot/.test(line))).toEqual([
      'a.conf:1 A 1',
      'a.conf:2 A 2',
      'b.conf:1 B 1',
      'a:1 E 1',
      'er.conf:1 D 1',
      'x.txt:1 X 1',
      'proxy.conf:1 S 1',
      'proxy.conf:1 S 2',
      'httpd.conf:6 Z end',
    ]);
    expect(problems(tree)).toEqual([]);
  });

  test('names are ordered by their bytes, as httpd orders them', async () => {
    const names = ['\u{1f600}.conf', '\uffee.conf', 'b.conf', 'B.conf', '10.conf', '9.conf'];
    const files = Object.fromEntries(names.map((name) => [`/etc/httpd/d/${name}`, 'A 1']));
    const tree = await read({ ...files, [main]: 'Include d/*.conf' });
    const order = tree.files.slice(1).map((path) => path.split('/').at(-1));
    expect(order).toEqual(['10.conf', '9.conf', 'B.conf', 'b.conf', '\uffee.conf', '\u{1f600}.conf']);
  });

  test('inside a section its lines belong to the section', async () => {
    const tree = await read({ [main]: '<VirtualHost *:80>\nInclude v.inc\n</VirtualHost>\nZ 1', '/etc/httpd/v.inc': 'A 1' });
    expect(shown(tree)).toEqual(['httpd.conf:1 <VirtualHost *:80>', 'httpd.conf:2   Include v.inc', 'v.inc:1   A 1', 'httpd.conf:4 Z 1']);
    expect(tree.includes[0]).toMatchObject({ pattern: '/etc/httpd/v.inc', inside: [{ key: 'virtualhost' }] });
  });

  test.each<[string, Record<string, string | { error: 'EACCES' }>, string]>([
    [
      'a file that is not there',
      { [main]: 'Include gone.conf' },
      'httpd.conf:1 Include: /etc/httpd/gone.conf: there is no such file or folder',
    ],
    ['a pattern that nothing fits', { [main]: 'A 1\nInclude conf/*.none' }, 'httpd.conf:2 nothing in /etc/httpd/conf fits'],
    [
      'a file that may not be read',
      { [main]: 'Include secret', '/etc/httpd/secret': { error: 'EACCES' } },
      'httpd.conf:1 Include: /etc/httpd/secret: EACCES',
    ],
    ['a file that includes itself', { [main]: 'A 1\nInclude conf/httpd.conf' }, 'httpd.conf:2 /etc/httpd/conf/httpd.conf includes itself'],
    [
      'two files that include each other',
      { [main]: 'Include a', '/etc/httpd/a': '# x\nInclude conf/httpd.conf' },
      'a:2 /etc/httpd/conf/httpd.conf includes itself',
    ],
  ])('%s is a problem and nothing worse', async (_name, files, expected) => {
    const tree = await read({ ...files, [main]: `${files[main] as string}\nZ last` });
    expect(problems(tree)).toEqual([expect.stringContaining(expected)]);
    expect(shown(tree).at(-1)).toContain('Z last');
  });

  test('IncludeOptional is silent where nothing is there, not where a right is missing', async () => {
    const tree = await read({
      [main]: 'IncludeOptional gone\nIncludeOptional none/*.conf\nIncludeOptional shut',
      '/etc/httpd/shut': { error: 'EACCES' },
    });
    expect(problems(tree)).toEqual([expect.stringContaining('httpd.conf:3 Include: /etc/httpd/shut')]);
  });

  test('files that include two others each, forty levels deep, come to an end', async () => {
    const files: Record<string, string> = { [main]: 'Include l0' };
    for (let level = 0; level < 40; level += 1) files[`/etc/httpd/l${level}`] = `Include l${level + 1}\nInclude l${level + 1}`;
    const tree = await read({ ...files, '/etc/httpd/l40': 'A 1' });
    expect(problems(tree).some((text) => text.includes('more than 20000 files'))).toBe(true);
  });
});

describe('Define and variables', () => {
  test('a line is resolved where it stands, from Define first, then the environment', async () => {
    const tree = await read('Define D /one\nA ${D}\nDefine D /two\nA ${D} ${E}\nUnDefine D\nA ${D}', {
      environment: { E: 'env', D: 'env-d' },
    });
    expect(shown(tree).filter((line) => line.includes(' A '))).toEqual([
      'httpd.conf:2 A /one',
      'httpd.conf:4 A /two env',
      'httpd.conf:6 A env-d',
    ]);
    expect(tree.environmentUsed).toEqual({ E: 'env', D: 'env-d' });
  });

  test('a value may hold several words and even the name of a directive', async () => {
    const tree = await read('Define WHAT Listen\nDefine ARGS "80 http"\n${WHAT} ${ARGS}');
    expect(tree.nodes.at(-1)).toMatchObject({ name: 'Listen', key: 'listen', raw: '80 http' });
  });

  test('what is defined nowhere is said once and left standing', async () => {
    const tree = await read('A ${LOGS}/x\nA ${LOGS}/y');
    expect(shown(tree)[0]).toBe('httpd.conf:1 A ${LOGS}/x');
    expect(problems(tree)).toEqual([expect.stringContaining('httpd.conf:1 ${LOGS} is defined neither')]);
  });

  test('variables that double forty times come to an end', async () => {
    const doubling = Array.from({ length: 40 }, (_, n) => `Define V${n + 1} "\${V${n}} \${V${n}}"`);
    const tree = await read(['Define V0 lol', ...doubling, 'A ${V40}', 'Z last'].join('\n'));
    expect(problems(tree).some((text) => text.includes('too long'))).toBe(true);
    expect(shown(tree).at(-1)).toContain('Z last');
  });
});

describe('macros', () => {
  test('a use puts in the lines with the longest names first, each at its own line', async () => {
    const tree = await read(
      [
        '<Macro Site $p $port>',
        '  <VirtualHost *:$port>',
        '    ServerName $p',
        '  </VirtualHost>',
        '</Macro>',
        'Use Site a.example 81',
        'USE sITE "b c" 82',
      ].join('\n'),
    );
    expect(shown(tree).filter((line) => !/use/i.test(line))).toEqual([
      'httpd.conf:2 <VirtualHost *:81>',
      'httpd.conf:3   ServerName a.example',
      'httpd.conf:2 <VirtualHost *:82>',
      'httpd.conf:3   ServerName b c',
    ]);
  });

  test.each([
    ['Use Nothing', 'httpd.conf:1 Use of macro "Nothing"'],
    ['<Macro A $x>\nX $x\n</Macro>\nUse A', 'httpd.conf:4 macro "A" wants 1 arguments and is used with 0'],
    ['<Macro A>\nUse A\n</Macro>\nUse A', 'httpd.conf:2 macro "A" uses itself'],
    ['<Macro A>\nX 1', 'httpd.conf:1 <Macro A> is not closed'],
  ])('%j', async (text, expected) => {
    expect(problems(await read(text))).toEqual([expect.stringContaining(expected)]);
  });

  test('macros that use two others each, thirty levels deep, come to an end', async () => {
    const bomb = Array.from({ length: 29 }, (_, n) => `<Macro M${n + 1}>\nUse M${n}\nUse M${n}\n</Macro>`);
    const tree = await read(['<Macro M0>\nA 1\n</Macro>', ...bomb, 'Use M29', 'Z last'].join('\n'));
    expect(problems(tree).some((text) => text.includes('not expanded further'))).toBe(true);
    expect(shown(tree).at(-1)).toContain('Z last');
  });
});

describe('what httpd itself would refuse', () => {
  test.each([
    ['</VirtualHost>', 'httpd.conf:1 </virtualhost> without its beginning'],
    ['<VirtualHost *>\nA 1', 'httpd.conf:1 <virtualhost> is not closed in its file'],
    ['<VirtualHost *>\n<Location /x>\nA 1\n</VirtualHost>', 'httpd.conf:2 <location> is not closed before </virtualhost>'],
    ['<IfDefine NO>\nA 1', 'httpd.conf:1 <ifdefine> is not closed'],
    ['<Location /x\nA 1\n</Location>', 'httpd.conf:1 <Location without its closing bracket'],
    ['Include', 'httpd.conf:1 Include names no file'],
    ['LoadModule x', 'httpd.conf:1 LoadModule without a name and a file'],
  ])('%j is a problem', async (text, expected) => {
    expect(problems(await read(`${text}`))).toContainEqual(expect.stringContaining(expected));
  });

  test('a file can not close a section of the file that includes it', async () => {
    const tree = await read({ [main]: '<VirtualHost *>\nInclude bad\nA in\n</VirtualHost>\nA out', '/etc/httpd/bad': '</VirtualHost>' });
    expect(problems(tree)).toEqual([expect.stringContaining('bad:1 </virtualhost> without its beginning')]);
    expect(shown(tree)).toContain('httpd.conf:3   A in');
  });

  test('sections nested without end are read flat', async () => {
    const deep = 5000;
    const tree = await read(`${'<A>\n'.repeat(deep)}X 1\n${'</A>\n'.repeat(deep)}Z last`);
    expect(problems(tree)[0]).toContain('nested deeper');
    expect(shown(tree).at(-1)).toContain('Z last');
  });

  test('a file larger than any configuration is read in part, and said', async () => {
    const tree = await read(`A 1\n${`# ${'x'.repeat(1000)}\n`.repeat(9000)}Z last`);
    expect(problems(tree)).toEqual([expect.stringContaining('larger than 8 MiB')]);
  });
});

test('the command line speaks before and after the file', async () => {
  const tree = await read('A file', { before: ['ServerRoot /other'], after: ['A after'] });
  expect(tree.serverRoot).toBe('/other');
  expect(shown(tree).at(-1)).toBe('-c on the command line:1 A after');
});
