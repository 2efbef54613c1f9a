/** Where distributions and source builds keep httpd's main configuration, and what their programs are called. */

export interface Place {
  readonly configFile: string;
  /** HTTPD_ROOT of that build: where relative paths begin before a ServerRoot directive. */
  readonly root: string;
  readonly of: string;
}

export const usualPlaces: readonly Place[] = [
  { configFile: '/etc/apache2/apache2.conf', root: '/etc/apache2', of: 'Debian, Ubuntu' },
  { configFile: '/etc/httpd/conf/httpd.conf', root: '/etc/httpd', of: 'RHEL, CentOS, Fedora, Arch' },
  { configFile: '/etc/apache2/httpd.conf', root: '/srv/www', of: 'SUSE; Alpine and Gentoo with roots of their own' },
  { configFile: '/usr/local/apache2/conf/httpd.conf', root: '/usr/local/apache2', of: 'a build from source, the official container' },
  { configFile: '/usr/local/apache/conf/httpd.conf', root: '/usr/local/apache', of: 'httpd 2.0 from source, cPanel' },
  { configFile: '/usr/local/etc/apache24/httpd.conf', root: '/usr/local', of: 'FreeBSD' },
  { configFile: '/opt/bitnami/apache/conf/httpd.conf', root: '/opt/bitnami/apache', of: 'Bitnami' },
  { configFile: '/opt/bitnami/apache2/conf/httpd.conf', root: '/opt/bitnami/apache2', of: 'Bitnami, older' },
  {
    configFile: '/opt/rh/httpd24/root/etc/httpd/conf/httpd.conf',
    root: '/opt/rh/httpd24/root/etc/httpd',
    of: 'Red Hat software collection',
  },
  {
    configFile: '/opt/rh/jbcs-httpd24/root/etc/httpd/conf/httpd.conf',
    root: '/opt/rh/jbcs-httpd24/root/etc/httpd',
    of: 'JBoss Core Services',
  },
  { configFile: '/opt/lampp/etc/httpd.conf', root: '/opt/lampp', of: 'XAMPP' },
  { configFile: '/opt/apache2/conf/httpd.conf', root: '/opt/apache2', of: 'a build below /opt' },
  { configFile: '/opt/httpd/conf/httpd.conf', root: '/opt/httpd', of: 'a build below /opt' },
];

export const usualCommands = ['apache2', 'httpd', 'httpd2', '/usr/local/apache2/bin/httpd'] as const;

/** The usual place that a path ends with, and what stands before it: an unpacked archive keeps the tree below a folder of its own. */
export function placeBelow(path: string): { readonly place: Place; readonly under: string } | null {
  for (const place of usualPlaces) if (path.endsWith(place.configFile)) return { place, under: path.slice(0, -place.configFile.length) };
  return null;
}
