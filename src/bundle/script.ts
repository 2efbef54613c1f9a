/**
 * The collector: a script for any POSIX shell (dash, busybox) and the tools of a bare system. It reads only, and leaves nothing behind
 * but its archive. What an archive holds is read again by read-bundle.ts:
 *
 *   proxy-doctor-bundle/manifest           key=value lines: format, time, offset, zone, host
 *   proxy-doctor-bundle/root/PATH          a copy of PATH; logs from their end, bounded
 *   proxy-doctor-bundle/links              PATH, a tab, the target of that symbolic link
 *   proxy-doctor-bundle/commands/N/…       argv (an argument a line), stdout, stderr, status
 *
 * Left out: private keys, password files, variables of httpd's environment that are not Apache's own.
 */
export const collectScript = String.raw`#!/bin/sh
# Gathers what proxy-doctor needs to diagnose an Apache reverse proxy elsewhere: logs, configuration, versions, sockets, counters.
# Reads only. Run it as root where you can: others may not read all logs, nor see which files httpd has open.
#   sh collect.sh [-o FILE.tar.gz] [-l LOG]... [-c HTTPD.CONF]... [-m MEBIBYTES OF EACH LOG]
# Then, where proxy-doctor is:  proxy-doctor run --bundle FILE.tar.gz
set -u
LC_ALL=C; export LC_ALL
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin; export PATH
umask 077

out=proxy-doctor-$(uname -n)-$(date +%Y%m%d-%H%M%S).tar.gz
mebibytes=64
logs='' configs=''
newline='
'
while getopts o:l:c:m:h option; do
  case $option in
    o) out=$OPTARG ;;
    l) logs=$logs$OPTARG$newline ;;
    c) configs=$configs$OPTARG$newline ;;
    m) mebibytes=$OPTARG ;;
    *) echo 'usage: collect.sh [-o FILE.tar.gz] [-l LOG]... [-c HTTPD.CONF]... [-m MEBIBYTES]' >&2; exit 2 ;;
  esac
done
case $mebibytes in ''|*[!0-9]*) echo "collect.sh: -m $mebibytes: not a number" >&2; exit 2 ;; esac
bytes=$((mebibytes * 1048576))

work=$(mktemp -d "${'$'}{TMPDIR:-/tmp}/proxy-doctor-collect.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
top=$work/proxy-doctor-bundle
mkdir -p "$top/root" "$top/commands"
: > "$top/links"

have() { command -v "$1" >/dev/null 2>&1; }
say() { echo "$*" >&2; }

place() { mkdir -p "$top/root$(dirname "$1")"; }

# A file as it is, links followed; nothing with a private key in it.
copy() {
  case $1 in /*) ;; *) return 0 ;; esac
  [ -f "$1" ] && [ -r "$1" ] && [ ! -f "$top/root$1" ] || return 0
  case $1 in *htpasswd*|*.key|*.p12|*.pfx) return 0 ;; esac
  grep -q 'PRIVATE KEY' "$1" 2>/dev/null && return 0
  place "$1"; cp -Lp "$1" "$top/root$1" 2>/dev/null
}

# A file of /proc: its size is known only by reading it.
proc() { [ -r "$1" ] || return 0; place "$1"; cat "$1" > "$top/root$1" 2>/dev/null || rm -f "$top/root$1"; }

# The end of a log.
log() {
  case $1 in /*) ;; *) return 0 ;; esac
  [ -f "$1" ] && [ ! -f "$top/root$1" ] || return 0
  [ -r "$1" ] || { say "no right to read $1"; return 0; }
  place "$1"
  size=$(wc -c < "$1")
  if [ "$size" -gt "$bytes" ]; then
    # The first line of what is kept would be cut in two.
    tail -c "$bytes" "$1" | tail -n +2 > "$top/root$1"
    say "$1: the last $mebibytes MiB of $((size / 1048576)) MiB"
  else
    cat "$1" > "$top/root$1"
  fi
  touch -r "$1" "$top/root$1"
}

link() { target=$(readlink "$1" 2>/dev/null) && printf '%s\t%s\n' "$1" "$target" >> "$top/links"; }

number=0
record() {
  number=$((number + 1)); folder=$top/commands/$number; mkdir "$folder"
  for argument; do printf '%s\n' "$argument"; done > "$folder/argv"
  if have timeout; then timeout 20 "$@" > "$folder/stdout" 2> "$folder/stderr" < /dev/null
  else "$@" > "$folder/stdout" 2> "$folder/stderr" < /dev/null; fi
  echo $? > "$folder/status"
}

{
  echo 'format=proxy-doctor.bundle/1'
  echo "time=$(date +%s)"
  echo "offset=$(date +%z)"
  echo "zone=$(readlink -f /etc/localtime 2>/dev/null)"
  echo "host=$(uname -n)"
} > "$top/manifest"

say 'httpd, its configuration and its logs'
roots=''
main() {
  # A main configuration file and what lies beside it; of Debian's folders those that are in force (links are followed).
  copy "$1"
  find -L "$(dirname "$1")" -maxdepth 4 -name '*-available' -prune -o -type f \( -name '*.conf' -o -name '*.load' -o -name envvars \) -size -2048k -print 2>/dev/null | head -n 3000 | while IFS= read -r file; do copy "$file"; done
}
settings() {
  # What a program of httpd was built with: its root folder and its main file.
  record "$1" -V -f /dev/null
  record "$1" -l
  root=$("$1" -V -f /dev/null 2>/dev/null < /dev/null | sed -n 's/.*HTTPD_ROOT="\(.*\)".*/\1/p')
  file=$("$1" -V -f /dev/null 2>/dev/null < /dev/null | sed -n 's/.*SERVER_CONFIG_FILE="\(.*\)".*/\1/p')
  case $file in '') ;; /*) ;; *) file=$root/$file ;; esac
}
owner() {
  # The package that a program belongs to, its version and its changes.
  if have dpkg-query; then
    for name in "$1" "/usr$1" "${'$'}{1#/usr}"; do
      record dpkg-query -S "$name"
      package=$(dpkg-query -S "$name" 2>/dev/null | sed -n 's/^\([^:, ]*\).*/\1/p' | head -n 1)
      [ -n "$package" ] || continue
      record dpkg-query -W -f '${'$'}{Version}' "$package"
      for list in "/var/lib/dpkg/info/$package.list" "/var/lib/dpkg/info/$package:amd64.list" "/var/lib/dpkg/info/$package:arm64.list"; do copy "$list"; done
      for one in "$package" apache2 apache2-bin apache2-data; do copy "/usr/share/doc/$one/changelog.Debian.gz"; done
      break
    done
  elif have rpm; then
    record rpm -qf --qf '%{NAME} %{VERSION}-%{RELEASE} %{INSTALLTIME}\n' "$1"
    package=$(rpm -qf --qf '%{NAME}' "$1" 2>/dev/null) && record rpm -q --changelog "$package"
  elif have apk; then
    record apk info --who-owns "$1"
  fi
}

programs=''
for folder in /proc/[0-9]*; do
  read -r name 2>/dev/null < "$folder/comm" || continue
  case $name in apache|apache2|apache2[-._]*|httpd|httpd[0-9]|httpd[-._]*|httpd[0-9][-._]*) ;; *) continue ;; esac
  for part in comm cmdline status stat limits; do proc "$folder/$part"; done
  for part in exe root ns/net ns/mnt fd/1 fd/2; do link "$folder/$part"; done
  if [ -r "$folder/environ" ]; then
    tr '\0' '\n' < "$folder/environ" 2>/dev/null | grep -E '^(APACHE|HTTPD|LANG|LC_|TZ)[A-Z_]*=' | tr '\n' '\0' > "$work/environ"
    [ -s "$work/environ" ] && { place "$folder/environ"; cp "$work/environ" "$top/root$folder/environ"; }
  fi
  # How many files it has open counts; which of them are logs, too.
  if mkdir -p "$top/root$folder/fd" && ls "$folder/fd" >/dev/null 2>&1; then
    for open in "$folder"/fd/*; do
      : > "$top/root$open"
      target=$(readlink "$open" 2>/dev/null) || continue
      case $target in *' (deleted)') ;; /*log*) logs=$logs$target$newline ;; esac
    done
  else
    rm -rf "$top/root$folder/fd"
  fi
  exe=$(readlink "$folder/exe" 2>/dev/null) || continue
  case $programs in *"$exe$newline"*) ;; *) programs=$programs$exe$newline ;; esac
  given='' server=''
  # -f FILE and -d FOLDER of its command line.
  tr '\0' '\n' < "$folder/cmdline" > "$work/words"
  before=''
  while IFS= read -r word; do
    case $before in -f) given=$word ;; -d) server=$word ;; esac
    before=$word
  done < "$work/words"
  if [ -n "$given" ] || [ -n "$server" ]; then
    case $given in '') [ -n "$server" ] && for one in conf/httpd.conf apache2.conf httpd.conf; do [ -f "$server/$one" ] && given=$server/$one && break; done ;; /*) ;; *) given=${'$'}{server:-/}/$given ;; esac
    [ -n "$given" ] && configs=$configs$given$newline
    [ -n "$server" ] && roots=$roots$server$newline
  fi
done
if [ -z "$programs" ]; then
  for name in apache2 httpd httpd2; do have "$name" && programs=$programs$(command -v "$name")$newline && record "$name" -V -f /dev/null && record "$name" -l; done
  [ -x /usr/local/apache2/bin/httpd ] && programs=$programs/usr/local/apache2/bin/httpd$newline
fi
IFS=$newline
set -f
for exe in $programs; do
  settings "$exe"; owner "$exe"
  [ -n "$root" ] && roots=$roots$root$newline
  [ -n "$file" ] && configs=$configs$file$newline
done
for one in /etc/apache2/apache2.conf /etc/httpd/conf/httpd.conf /etc/apache2/httpd.conf /usr/local/apache2/conf/httpd.conf; do [ -f "$one" ] && configs=$configs$one$newline; done
for one in $configs; do
  [ -f "$one" ] || { say "there is no $one"; continue; }
  main "$one"
  for said in $(sed -n 's/^[[:space:]]*[Ss][Ee][Rr][Vv][Ee][Rr][Rr][Oo][Oo][Tt][[:space:]]*"\{0,1\}\([^"]*\)"\{0,1\}.*/\1/p' "$one"); do roots=$roots$said$newline; done
done

# Files that are included from elsewhere, three deep; and logs that are named.
words() { find "$top/root" -type f \( -name '*.conf' -o -name '*.load' \) ! -path "$top/root/proc/*" -exec sed -n "s/^[[:space:]]*$1[[:space:]][[:space:]]*//p" {} + ; }
unquoted() { sed -e 's/^"\([^"]*\)".*/\1/' -e t -e "s/^'\([^']*\)'.*/\1/" -e t -e 's/^\([^"[:space:]][^[:space:]]*\).*/\1/'; }
logdir=$(cat "$top"/root/proc/*/environ 2>/dev/null | tr '\0' '\n' | sed -n 's/^APACHE_LOG_DIR=//p' | head -n 1)
each_root() { case $1 in /*) printf '%s\n' "$1" ;; *) for root in $roots; do printf '%s\n' "$root/$1"; done ;; esac; }
for depth in 1 2 3; do
  for pattern in $(words '[Ii]nclude\([Oo]ptional\)\{0,1\}' | unquoted | sort -u); do
    for place in $(each_root "$pattern"); do
      set +f
      for file in $place; do
        if [ -d "$file" ]; then find -L "$file" -maxdepth 4 -type f -size -2048k 2>/dev/null | head -n 3000 | while IFS= read -r inner; do copy "$inner"; done
        else copy "$file"; fi
      done
      set -f
    done
  done
done
for named in $(words '\([Ee]rror\|[Cc]ustom\|[Tt]ransfer\|[Gg]lobal\)[Ll]og' | unquoted | sed "s|\${'$'}{APACHE_LOG_DIR}|${'$'}{logdir:-/var/log/apache2}|" | sort -u); do
  case $named in '|'*|syslog*|*'$'*) continue ;; esac
  for place in $(each_root "$named"); do logs=$logs$place$newline; done
done
if [ -z "$logs" ]; then set +f; for one in /var/log/apache2/*.log /var/log/httpd/*_log /usr/local/apache2/logs/*_log; do logs=$logs$one$newline; done; set -f; fi
for one in $logs; do log "$one"; done
set +f
unset IFS

say 'the system: sockets, counters, interfaces'
for one in stat uptime version meminfo loadavg net/tcp net/tcp6 net/snmp net/netstat net/dev net/sockstat net/fib_trie net/if_inet6 net/route net/arp net/stat/nf_conntrack \
  sys/fs/file-nr sys/net/ipv4/ip_local_port_range sys/net/ipv4/ip_local_reserved_ports sys/net/ipv4/tcp_tw_reuse sys/net/ipv4/tcp_mem sys/net/ipv4/tcp_abort_on_overflow \
  sys/net/core/somaxconn sys/net/netfilter/nf_conntrack_count sys/net/netfilter/nf_conntrack_max; do proc "/proc/$one"; done
link /proc/self/ns/net
link /proc/self/ns/mnt
link /etc/localtime
copy /etc/hosts
copy /etc/resolv.conf
copy /etc/os-release
record uname -a
if have ss; then record ss -ltnp; record ss -tan; record ss -s; elif have netstat; then record netstat -ltnp; record netstat -tan; fi
if have ip; then record ip -s link; record ip addr; record ip route; elif have ifconfig; then record ifconfig -a; fi
have conntrack && record conntrack -S
id > "$top/collected-as" 2>/dev/null

if have gzip; then pack() { gzip -c; }; else pack() { cat; }; fi
if [ "$out" = - ]; then tar -C "$work" -cf - proxy-doctor-bundle | pack
else tar -C "$work" -cf - proxy-doctor-bundle | pack > "$out" && say "$out"; fi
`;
