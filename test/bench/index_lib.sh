# shellcheck shell=bash
#
# What the benchmarks of secondary indexes share; to be sourced.
#
#	INDEX_ITEMS		items in a table (200000)

# shellcheck source=test/bench/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

INDEX_ITEMS=${INDEX_ITEMS:-200000}

# A cluster with the tables of load_index.sql, empty, and the file of items.
index_start()
{
	ITEMS=1 # of the table "bench", which is not used
	bench_start
	gcc -O2 -fPIC -shared -I"$("$PG_CONFIG" --includedir-server)" -o "$WORK/index_trigger.so" "$BENCH/index_trigger.c" ||
		fail 'the trigger does not compile'
	echo "Making $INDEX_ITEMS items"
	ITEMS=$INDEX_ITEMS
	sql -v items="$ITEMS" -v items_file="$WORK/items" -v trigger_library="$WORK/index_trigger" -f "$BENCH/load_index.sql"
}

# index_copy TABLE...: copies the items into the tables, the first of which gets
# the rows; prints items a second.
index_copy()
{
	local began ended

	sql -c "TRUNCATE $(IFS=,; echo "$*")" -c CHECKPOINT
	began=$(date +%s%N)
	sql -c "COPY $1 FROM '$WORK/items'"
	ended=$(date +%s%N)
	awk -v items="$ITEMS" -v ns=$((ended - began)) 'BEGIN { printf "%.0f\n", items * 1e9 / ns }'
}

# index_wrk OPERATION TABLE INDEX CONNECTIONS: requests a second.
index_wrk()
{
	local out

	out=$(ITEMS=$ITEMS OPERATION=$1 TABLE=$2 INDEX=$3 wrk -t1 -c"$4" -d"${DURATION}s" -s "$BENCH/index.lua" \
		"http://127.0.0.1:$HTTP_PORT/")
	! grep -E 'Non-2xx|Socket errors' <<<"$out" >&2 || fail 'requests failed'
	sed -n 's/^Requests\/sec: *//p' <<<"$out"
}
