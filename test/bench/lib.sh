# shellcheck shell=bash
#
# What the benchmarks share; to be sourced.
#
# Each builds and installs the tree, starts a cluster of its own under /tmp,
# fills the table "bench" and measures its two sides by turns, several rounds
# in one run: the figure that counts is the ratio, of the medians.
#
#	ITEMS		items in the table (1000000)
#	ROUNDS		how often each side is measured (3)
#	DURATION	seconds of one measurement (15)
#	PORT, HTTP_PORT
#	SYNCHRONOUS_COMMIT	(off: what is compared is CPU, not the disk)
#	WAL_LEVEL	(replica)

# shellcheck source=script/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../script/lib.sh"

ITEMS=${ITEMS:-1000000}
ROUNDS=${ROUNDS:-3}
DURATION=${DURATION:-15}
PORT=${PORT:-54381}
HTTP_PORT=${HTTP_PORT:-8381}
SYNCHRONOUS_COMMIT=${SYNCHRONOUS_COMMIT:-off}
WAL_LEVEL=${WAL_LEVEL:-replica}
BENCH=$ROOT/test/bench

bench_start()
{
	install_postgresql
	(cd "$ROOT" && quietly make -s with_llvm=no && quietly as_root make -s install with_llvm=no) ||
		fail 'the build failed'
	WORK=$(mktemp -d /tmp/dynamo-bench.XXXXXX)
	[ "$(id -un)" = "$SERVER_USER" ] || chown "$SERVER_USER" "$WORK"
	chmod 755 "$WORK"
	trap bench_stop EXIT
	cluster_create "$WORK"
	bench_settings | as_server tee "$WORK/dynamo.conf" >/dev/null
	cluster_start "$WORK"
	endpoint_wait "$HTTP_PORT" "$WORK/log"
	sql -c 'CREATE EXTENSION dynamo'
	echo "Loading $ITEMS items"
	sql -v items="$ITEMS" -f "$BENCH/load.sql"
}

bench_settings()
{
	cat <<-END
		port = $PORT
		unix_socket_directories = '$WORK'
		listen_addresses = '127.0.0.1'
		shared_preload_libraries = 'dynamo'
		dynamo.port = $HTTP_PORT
		shared_buffers = 3GB
		max_wal_size = 16GB
		checkpoint_timeout = 1h
		synchronous_commit = $SYNCHRONOUS_COMMIT
		wal_level = $WAL_LEVEL
		autovacuum = off
	END
}

bench_stop()
{
	cluster_stop "$WORK" || true
	rm -rf "$WORK"
}

sql()
{
	"$PG_BIN/psql" -h "$WORK" -p "$PORT" -U postgres -X -q -At -v ON_ERROR_STOP=1 "$@" postgres
}

# bench_pgbench SCRIPT CLIENTS [HOST [ROWS]]: transactions a second.
bench_pgbench()
{
	"$PG_BIN/pgbench" -h "${3:-$WORK}" -p "$PORT" -U postgres -n -M prepared -c "$2" -j 2 \
		-T "$DURATION" -D items="$ITEMS" -D rows="${4:-0}" -f "$BENCH/$1" postgres 2>/dev/null |
		sed -n 's/^tps = \([0-9.]*\).*/\1/p'
}

# wrk_threads CONNECTIONS: two, as pgbench has; one for one connection.
wrk_threads() { echo $(($1 < 2 ? 1 : 2)); }

# bench_wrk OPERATION CONNECTIONS: requests a second.
bench_wrk()
{
	local out

	out=$(ITEMS=$ITEMS OPERATION=$1 wrk -t"$(wrk_threads "$2")" -c"$2" -d"${DURATION}s" -s "$BENCH/item.lua" "http://127.0.0.1:$HTTP_PORT/")
	! grep -E 'Non-2xx|Socket errors' <<<"$out" >&2 || fail 'requests failed'
	sed -n 's/^Requests\/sec: *//p' <<<"$out"
}

median()
{
	sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# bench_compare NAME COMMAND -- NAME COMMAND...: both by turns, then the ratio
# of the first to the second.  A command is one word list up to "--".
bench_compare()
{
	local name_a=$1 name_b a=() b=() round

	shift
	while [ "$1" != -- ]; do a+=("$1"); shift; done
	shift
	name_b=$1
	shift
	b=("$@")
	: >"$WORK/a"
	: >"$WORK/b"
	"${a[@]}" >/dev/null	# warms up
	"${b[@]}" >/dev/null
	for ((round = 0; round < ROUNDS; round++)); do
		"${a[@]}" | tee -a "$WORK/a" | sed "s/^/  $name_a: /"
		"${b[@]}" | tee -a "$WORK/b" | sed "s/^/  $name_b: /"
	done
	awk -v a="$(median <"$WORK/a")" -v b="$(median <"$WORK/b")" -v na="$name_a" -v nb="$name_b" \
		'BEGIN { printf "%s %.0f/s, %s %.0f/s, ratio %.2f\n", na, a, nb, b, a / b }'
}
