// Concurrent clients over HTTP and SQL work on a few items, and everything
// they were told is held against what is there.  In rounds: each has another
// number of clients, with --crash a crash in it, and ends with a comparison.
package main

import (
	"flag"
	"fmt"
	"math/rand"
	"os"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

var (
	minutes   = flag.Float64("minutes", 1, "how long")
	seed      = flag.Int64("seed", time.Now().UnixNano()%1000000007, "of all choices")
	length    = flag.Duration("round", 10*time.Second, "length of a round")
	endpoint  = flag.String("http", "127.0.0.1:8000", "address of the endpoint")
	dsn       = flag.String("sql", "", "connection string for the SQL clients")
	crashes   = flag.Bool("crash", false, "crash the server in every round")
	data      = flag.String("data", "", "data directory of the server, for --crash")
	restart   = flag.String("restart", "", "shell command that starts the server, for --crash")
	outputs   = flag.String("output", ".", "folder for histories that are wrong")
	numbers   = []int{1, 2, 4, 8, 16, 32, 64}
	start     = time.Now()
	counting  int64
	rejected  sync.Map // "what: kind" -> *int64
	wrongs    int64
	printLock sync.Mutex
)

const tooMany = 20 // violations, then it ends

type workload interface {
	step(w *worker)
	finish(w *worker)
}

type round struct {
	number int
	until  int64 // unix nanoseconds
	works  []workload
}

func (r *round) over() bool { return time.Now().UnixNano() > atomic.LoadInt64(&r.until) }

type worker struct {
	round  *round
	number int
	random *rand.Rand
	door   door
	second door // for what happens at the same time
}

func newWorker(r *round, number int) *worker {
	source := rand.NewSource(*seed + int64(r.number)*1000 + int64(number))
	w := &worker{round: r, number: number, random: rand.New(source), second: &httpDoor{address: *endpoint}}
	if number%3 == 2 {
		w.door = &sqlDoor{dsn: *dsn}
	} else {
		w.door = &httpDoor{address: *endpoint}
	}
	return w
}

func (w *worker) close() {
	w.door.close()
	w.second.close()
}

// next is a number nobody else gets.
func (w *worker) next() int { return int(atomic.AddInt64(&counting, 1)) }

func (w *worker) call(operation, request string) *reply { return w.door.call(operation, request) }

// expect counts a reply, reports it if it is neither done nor allowed, and
// tells whether it is done.
func (w *worker) expect(what string, r *reply, allowed bool) bool {
	w.tally(what, r)
	return w.expectSilently(what, r, allowed)
}

func (w *worker) expectSilently(what string, r *reply, allowed bool) bool {
	if !r.done() && !allowed && !(*crashes && (r.unknown() || r.kind == notSent)) {
		w.violation("%s: %s %s", what, r.kind, r.detail)
	}
	return r.done()
}

func (w *worker) tally(what string, r *reply) {
	kind := r.kind
	if r.done() {
		kind = "done"
	} else if r.refusedByCondition() {
		kind = "refused by its condition"
	} else if r.kind == "TransactionCanceledException" && r.conflict() {
		kind = "canceled for a conflict"
	}
	n, known := rejected.Load(what + ": " + kind)
	if !known {
		n, _ = rejected.LoadOrStore(what+": "+kind, new(int64))
	}
	atomic.AddInt64(n.(*int64), 1)
}

// insist asks until it is answered.
func (w *worker) insist(operation, request string) *reply {
	for deadline := time.Now().Add(2 * patience); ; {
		r := w.call(operation, request)
		if r.done() {
			return r
		}
		if time.Now().After(deadline) || !*crashes {
			die("%s is not answered: %s %s", operation, r.kind, r.detail)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// surely is an item's number, 0 without the item.
func (w *worker) surely(p place) int { return w.insist("GetItem", p.get()).Item["n"].number() }

func (w *worker) read(p place) (int, *reply) {
	r := w.call("GetItem", p.get())
	return r.Item["n"].number(), r
}

func (w *worker) violation(format string, args ...interface{}) {
	violation("round %d, client %d: %s", w.round.number, w.number, fmt.Sprintf(format, args...))
}

func violation(format string, args ...interface{}) {
	printLock.Lock()
	fmt.Printf("VIOLATION at %s: %s\n", time.Now().Format("15:04:05.000"), fmt.Sprintf(format, args...))
	printLock.Unlock()
	if atomic.AddInt64(&wrongs, 1) >= tooMany {
		die("too many violations")
	}
}

func die(format string, args ...interface{}) {
	fmt.Printf("error: "+format+"\n", args...)
	report()
	os.Exit(2)
}

func write(name, text string) {
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		fmt.Println(err)
	}
}

// run lets the clients work until the round is over, and the server crash.
func (r *round) run(clients int, s *server, random *rand.Rand) {
	var all sync.WaitGroup

	ageTokens()
	atomic.StoreInt64(&r.until, time.Now().Add(*length).UnixNano())
	for i := 0; i < clients; i++ {
		all.Add(1)
		go func(w *worker) {
			defer all.Done()
			defer w.close()
			for !r.over() {
				r.works[w.random.Intn(len(r.works))].step(w)
			}
		}(newWorker(r, i))
	}
	if s != nil {
		time.Sleep(*length/3 + time.Duration(random.Int63n(int64(*length/3))))
		s.crash(random)
		up(r)
		atomic.StoreInt64(&r.until, time.Now().Add(*length/3).UnixNano())
	}
	all.Wait()
}

// up waits until both doors answer.
func up(r *round) {
	w := &worker{round: r}
	for _, w.door = range []door{&httpDoor{address: *endpoint}, &sqlDoor{dsn: *dsn}} {
		w.insist("GetItem", place{false, "nothing"}.get())
		w.door.close()
	}
}

// ageTokens makes the tokens of former rounds old, so that they are removed.
func ageTokens() {
	d := &sqlDoor{dsn: *dsn}
	defer d.close()
	_, r := d.query("UPDATE dynamo.transactions SET finished_at = finished_at - interval '1 hour' " +
		"WHERE finished_at > now() - interval '1 hour'")
	if !r.done() {
		die("cannot age the tokens: %s %s", r.kind, r.detail)
	}
}

// checkTables compares the tables with their indexes.
func checkTables() {
	d := &sqlDoor{dsn: *dsn}
	defer d.close()
	for _, table := range []string{plainTable, indexedTable, ledgerTable} {
		text, r := d.query("SELECT count(*) || ' ' || coalesce(min(index_name || ' ' || problem), '') " +
			"FROM dynamo.check_table('" + table + "')")
		if !r.done() || text != "0 " {
			violation("check_table of %s: %s %s %s", table, text, r.kind, r.detail)
		}
	}
}

func report() {
	var lines []string
	rejected.Range(func(k, n interface{}) bool {
		lines = append(lines, fmt.Sprintf("  %s: %d", k, atomic.LoadInt64(n.(*int64))))
		return true
	})
	sort.Strings(lines)
	fmt.Println(strings.Join(lines, "\n"))
	fmt.Printf("seed %d: %d operations in %s, %d histories of %d operations, %d undecided, %d violations\n",
		*seed, atomic.LoadInt64(&operations), time.Since(start).Round(time.Second),
		historiesChecked, historyLength, undecided, atomic.LoadInt64(&wrongs))
}

// setUp makes the tables, and finds names for wide.
func setUp() (names string) {
	d := &sqlDoor{dsn: *dsn}
	defer d.close()
	for _, table := range tables {
		if r := d.call("CreateTable", table); !r.done() {
			die("CreateTable: %s %s", r.kind, r.detail)
		}
	}
	names, r := d.query(wideNames)
	if !r.done() {
		die("%s %s", r.kind, r.detail)
	}
	return names
}

// play runs one round and compares.
func (r *round) play(clients int, s *server, random *rand.Rand) {
	before, begin := atomic.LoadInt64(&operations), time.Now()
	r.run(clients, s, random)
	rate := float64(atomic.LoadInt64(&operations)-before) / time.Since(begin).Seconds()
	referee := newWorker(r, 0)
	for _, work := range r.works {
		work.finish(referee)
	}
	referee.close()
	if r.number%10 == 0 {
		checkTables()
	}
	fmt.Printf("round %d: %d clients, %.0f operations a second, %d in all, %d violations\n",
		r.number, clients, rate, atomic.LoadInt64(&operations), atomic.LoadInt64(&wrongs))
}

func main() {
	flag.Parse()
	fmt.Printf("seed %d\n", *seed)
	random := rand.New(rand.NewSource(*seed))
	many := newWide(setUp())
	var s *server
	if *crashes {
		s = &server{data: *data, restart: *restart, kills: map[string]int{}}
	}
	checkersAtWork.Add(1)
	go checkHistories()
	money, couples := &bank{}, newPairs()
	money.open(newWorker(&round{}, 0))
	for n := 1; time.Since(start).Minutes() < *minutes; n++ {
		r := &round{number: n}
		r.works = []workload{newCounters(r), money, couples, newRegisters(r, false), newRegisters(r, true), many}
		r.play(numbers[random.Intn(len(numbers))], s, random)
	}
	close(histories)
	checkersAtWork.Wait()
	checkTables()
	if s != nil {
		s.report()
	}
	report()
	if wrongs > 0 || undecided > 0 {
		os.Exit(1)
	}
}
