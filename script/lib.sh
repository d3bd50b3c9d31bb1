# shellcheck shell=bash
#
# What the scripts here share; to be sourced.
#
# The server refuses to run as root.  So where root calls, everything that
# starts one runs as Debian's user postgres, and in a folder of that user's.

# shellcheck disable=SC2034 # for those who source this
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

# What is fetched once and kept.
CACHE=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/dynamo

# Whatever the caller's locale: dynamo wants UTF-8, and programs' words in
# English.
export LANG=C.UTF-8 LC_ALL=C.UTF-8

fail()
{
	printf 'error: %s\n' "$*" >&2
	exit 1
}

as_root()
{
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		fail "this needs root (or sudo): $*"
	fi
}

# The user the server runs as, and a command as that user.
SERVER_USER=$(id -un)
[ "$(id -u)" = 0 ] && SERVER_USER=postgres

as_server()
{
	if [ "$(id -un)" = "$SERVER_USER" ]; then
		"$@"
	else
		runuser -u "$SERVER_USER" -- "$@"
	fi
}

# Runs a command that nobody wants to read, unless it fails.
quietly()
{
	local log rc=0

	log=$(mktemp)
	"$@" >"$log" 2>&1 </dev/null || rc=$?
	[ $rc = 0 ] || cat "$log" >&2
	rm -f "$log"
	return $rc
}

package_is_installed()
{
	[ "$(dpkg-query -W -f '${Status}' "$1" 2>/dev/null)" = 'install ok installed' ]
}

package_exists()
{
	[ -n "$(apt-cache show --no-all-versions "$1" 2>/dev/null)" ]
}

# Once: apt's lists may be missing, or older than what they point to.
apt_lists_are_fresh=no
refresh_apt_lists()
{
	[ $apt_lists_are_fresh = yes ] && return
	quietly as_root apt-get -o DPkg::Lock::Timeout=300 update ||
		fail 'apt-get update failed'
	apt_lists_are_fresh=yes
}

# Installs what is missing of these packages.
install_packages()
{
	local package missing=()

	command -v apt-get >/dev/null ||
		fail "this installs with apt-get, which is not here; needed: $*"
	for package in "$@"; do
		package_is_installed "$package" || missing+=("$package")
	done
	[ ${#missing[@]} = 0 ] && return
	refresh_apt_lists
	echo "Installing ${missing[*]}"
	quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
		install -y --no-install-recommends "${missing[@]}" ||
		fail "could not install ${missing[*]}"
}

# Debian's newest PostgreSQL that is installed, or else the one it would
# install: its major version.
postgresql_major()
{
	local major=0 server

	for server in /usr/lib/postgresql/*/bin/postgres; do
		server=${server#/usr/lib/postgresql/}
		server=${server%/bin/postgres}
		[ "$server" = '*' ] || [ "$server" -le "$major" ] || major=$server
	done
	if [ "$major" = 0 ]; then
		major=$(apt-cache depends postgresql |
			sed -n 's/^ *Depends: postgresql-\([0-9]*\)$/\1/p' | tail -1)
	fi
	[ -n "$major" ] || fail 'apt knows no package postgresql'
	echo "$major"
}

# Installs PostgreSQL and what it takes to build against it; sets PG_CONFIG
# and PG_BIN.  PG_CONFIG from the environment is taken as it is.
install_postgresql()
{
	local major

	if [ -z "${PG_CONFIG:-}" ]; then
		package_exists postgresql || refresh_apt_lists
		major=$(postgresql_major)
		if [ ! -x "/usr/lib/postgresql/$major/bin/postgres" ]; then
			install_server_without_cluster "postgresql-$major"
		fi
		install_packages "postgresql-server-dev-$major"
		PG_CONFIG=/usr/lib/postgresql/$major/bin/pg_config
	fi
	install_packages gcc make bison flex libmicrohttpd-dev libgnutls28-dev zlib1g-dev
	PG_BIN=$("$PG_CONFIG" --bindir) || fail "no pg_config at $PG_CONFIG"
	export PG_CONFIG PG_BIN
}

# Debian's package makes and starts a cluster "main".  Nobody asked for one:
# the setting that prevents it is there for the time of the installation.
install_server_without_cluster()
{
	local settings=/etc/postgresql-common/createcluster.conf
	local line='create_main_cluster = false # only while dynamo installs the server'

	install_packages postgresql-common
	if ! grep -q '^ *create_main_cluster' $settings; then
		echo "$line" | as_root tee -a $settings >/dev/null
	fi
	(install_packages "$1") || { as_root sed -i "\|^$line\$|d" $settings; exit 1; }
	as_root sed -i "\|^$line\$|d" $settings
}

# cluster_create FOLDER: an empty cluster in FOLDER/data, whose settings stand
# in FOLDER/dynamo.conf and whose sockets stand in FOLDER.
cluster_create()
{
	(cd / && quietly as_server "$PG_BIN/initdb" -D "$1/data" -U postgres -A trust \
		-E UTF8 --locale=C.UTF-8) || fail "initdb failed in $1"
	echo "include '$1/dynamo.conf'" |
		as_server tee -a "$1/data/postgresql.conf" >/dev/null
}

cluster_is_running()
{
	[ -d "$1" ] && (cd / && as_server "$PG_BIN/pg_ctl" -D "$1/data" status >/dev/null 2>&1)
}

cluster_start()
{
	(cd / && quietly as_server "$PG_BIN/pg_ctl" -D "$1/data" -l "$1/log" -w -t 60 start) || {
		tail -20 "$1/log" >&2
		fail "the server did not start; its log is $1/log"
	}
}

cluster_stop()
{
	(cd / && quietly as_server "$PG_BIN/pg_ctl" -D "$1/data" -m fast -w -t 60 stop) ||
		fail "the server in $1 did not stop"
}

port_is_taken()
{
	(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# The first port from this one on that nobody listens on.
free_port()
{
	local port=$1

	while port_is_taken "$port"; do
		port=$((port + 1))
	done
	echo "$port"
}

# endpoint_wait PORT LOG: until the HTTP endpoint answers.
endpoint_wait()
{
	local tries

	for ((tries = 0; tries < 150; tries++)); do
		curl -sf -o /dev/null "http://127.0.0.1:$1/" && return
		sleep 0.2
	done
	tail -20 "$2" >&2
	fail "the endpoint does not answer on port $1; the server's log is $2"
}

# The project's files, a name a line: those git knows or would add.
project_files()
{
	git -C "$ROOT" -c safe.directory='*' ls-files -c -o --exclude-standard |
		while IFS= read -r file; do
			[ ! -e "$ROOT/$file" ] || printf '%s\n' "$file"
		done
}

# DynamoDB Local with all it needs, once for each pom.xml; sets LOCAL to its
# folder.  Where Maven looks is Maven's business and the user's settings'.
install_dynamodb_local()
{
	local pom=$ROOT/test/parity/pom.xml

	command -v java >/dev/null || install_packages default-jre-headless
	LOCAL=$CACHE/dynamodb-local-$(cksum <"$pom" | cut -d' ' -f1)
	[ ! -e "$LOCAL/complete" ] || return 0
	command -v mvn >/dev/null || install_packages maven
	echo 'Installing DynamoDB Local'
	rm -rf "$LOCAL"
	mkdir -p "$LOCAL"
	quietly mvn -B -f "$pom" dependency:copy-dependencies -DoutputDirectory="$LOCAL" ||
		fail 'Maven failed'
	touch "$LOCAL/complete"
}
