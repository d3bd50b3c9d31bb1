package main

// Pairs of registers, one in each table, that are read, written, swapped,
// compared and set, deleted one by one and both in a transaction; and sets to
// which elements are added and from which they are taken.  What happened is
// recorded and checked by porcupine for linearizability.

import (
	"fmt"
	"math/bits"
	"strings"
	"sync"
	"time"

	"github.com/anishathalye/porcupine"
)

const (
	slots       = 4   // registers and sets in use at a time
	historySize = 400 // operations, then the next object takes the slot
)

// An operation on a pair of registers (cells; 0: no item) or on a set (cell 0
// only, a mask of its elements).
type input struct {
	kind     string // read, write, swap, cas; both-read, both-write, both-cas; add, remove
	cell     int
	old, new [2]int
}

type output struct {
	unknown bool // may have happened at any time from its call on
	refused bool // the condition said no
	seen    [2]int
}

// apply says what an operation makes of a state, and whether the output fits.
func apply(state [2]int, in input, out output) (bool, [2]int) {
	c, next := in.cell, state
	switch in.kind {
	case "read":
		return out.seen[0] == state[c], state
	case "write":
		next[c] = in.new[0]
		return true, next
	case "swap":
		next[c] = in.new[0]
		return out.unknown || out.seen[0] == state[c], next
	case "cas":
		fits := state[c] == in.old[0]
		if fits {
			next[c] = in.new[0]
		}
		return out.unknown || fits == !out.refused, next
	case "both-read":
		return out.seen == state, state
	case "both-write":
		return true, in.new
	case "both-cas":
		fits := state == in.old
		if fits {
			next = in.new
		}
		return out.unknown || fits == !out.refused, next
	case "add":
		next[0] |= in.new[0]
		return out.unknown || out.seen[0] == next[0], next
	case "remove":
		next[0] &^= in.new[0]
		return out.unknown || out.seen[0] == next[0], next
	}
	panic("no operation " + in.kind)
}

var model = porcupine.Model{
	Init: func() interface{} { return [2]int{} },
	Step: func(state, in, out interface{}) (bool, interface{}) {
		return apply(state.([2]int), in.(input), out.(output))
	},
}

// One pair of registers, or one set, and what was done to it.
type object struct {
	cells   [2]place
	lock    sync.Mutex
	begun   int
	history []porcupine.Operation
}

// record keeps an operation unless it is known not to have happened or, being
// a read, has told nothing.
func (o *object) record(in input, out output, call, end int64) {
	o.lock.Lock()
	o.history = append(o.history, porcupine.Operation{
		ClientId: len(o.history), Input: in, Call: call, Output: out, Return: end})
	o.lock.Unlock()
}

type slot struct {
	lock    sync.Mutex
	current *object
	all     []*object
}

type registers struct {
	round *round
	sets  bool
	slots [slots]slot
}

func newRegisters(r *round, sets bool) workload { return &registers{round: r, sets: sets} }

// object gives the slot's present object, a new one when that has had its share.
func (g *registers) object(number int) *object {
	s := &g.slots[number]
	s.lock.Lock()
	defer s.lock.Unlock()
	if s.current == nil || s.current.begun >= historySize {
		name := fmt.Sprintf("%d-%d-%d", g.round.number, len(s.all), number)
		if g.sets {
			s.current = &object{cells: [2]place{{number%2 == 1, "set-" + name}}}
		} else {
			s.current = &object{cells: [2]place{{false, "reg-" + name}, {true, "reg-" + name}}}
		}
		s.all = append(s.all, s.current)
	}
	s.current.begun++
	return s.current
}

func (g *registers) step(w *worker) {
	o := g.object(w.random.Intn(slots))
	if g.sets {
		g.stepOfSet(w, o)
		return
	}
	in := input{cell: w.random.Intn(2), new: [2]int{w.next(), 0}}
	switch w.random.Intn(12) {
	case 0, 1:
		in.kind = "read"
	case 2:
		in.kind = "write"
	case 3:
		in.kind = "swap"
	case 4, 5, 6:
		in.kind, in.old[0] = "cas", g.guess(w, o, in.cell)
	case 7:
		in.kind, in.new[0] = []string{"write", "swap"}[w.random.Intn(2)], 0
	case 8, 9:
		in.kind = "both-read"
	case 10:
		in.kind, in.new[1] = "both-write", w.next()
	case 11:
		before := g.do(w, o, input{kind: "both-read"})
		in.kind, in.old, in.new[1] = "both-cas", before.seen, w.next()
	}
	g.do(w, o, in)
}

// guess is what a comparison expects: what was read, sometimes absence.
func (g *registers) guess(w *worker, o *object, cell int) int {
	if w.random.Intn(8) == 0 {
		return 0
	}
	return g.do(w, o, input{kind: "read", cell: cell}).seen[0]
}

// do runs one operation and records it.
func (g *registers) do(w *worker, o *object, in input) (out output) {
	operation, request := o.request(w, in)
	call := int64(time.Since(start))
	r := w.call(operation, request)
	end := int64(time.Since(start))
	w.expect(in.kind, r, r.refusedByCondition())
	reads := in.kind == "read" || in.kind == "both-read"
	switch {
	case r.unknown() && !reads:
		out.unknown, end = true, 1<<62
	case r.refusedByCondition():
		out.refused = true
	case !r.done():
		return out
	}
	out.look(in, operation, r)
	o.record(in, out, call, end)
	return out
}

func (out *output) look(in input, operation string, r *reply) {
	switch {
	case in.kind == "both-read":
		for i := range r.Responses {
			out.seen[i] = r.Responses[i].Item["n"].number()
		}
	case in.kind == "read" && operation == "Query":
		if len(r.Items) > 0 {
			out.seen[0] = r.Items[0]["n"].number()
		}
	case in.kind == "read" && operation == "TransactGetItems":
		if len(r.Responses) > 0 {
			out.seen[0] = r.Responses[0].Item["n"].number()
		}
	case in.kind == "read":
		out.seen[0] = r.Item["n"].number() | mask(r.Item["s"].SS)
	case in.kind == "swap":
		out.seen[0] = r.Attributes["n"].number()
	default:
		out.seen[0] = mask(r.Attributes["s"].SS)
	}
}

const allOld = `,"ReturnValues":"ALL_OLD"`

func (o *object) request(w *worker, in input) (operation, request string) {
	p := o.cells[in.cell]
	switch in.kind {
	case "read":
		return o.readRequest(w, p)
	case "write", "swap":
		more := map[string]string{"write": "", "swap": allOld}[in.kind]
		if in.new[0] == 0 {
			return "DeleteItem", `{` + p.tableAndKey() + more + `}`
		}
		return "PutItem", `{` + p.put(in.new[0], more) + `}`
	case "cas":
		put := p.put(in.new[0], condition(in.old[0]))
		if w.random.Intn(2) == 0 {
			return "TransactWriteItems", transactWrite("", "Put", put)
		}
		return "PutItem", `{` + put + `}`
	case "both-read":
		return "TransactGetItems", transactGet(o.cells[0], o.cells[1])
	case "both-write":
		return "TransactWriteItems", transactWrite("",
			"Put", o.cells[1].put(in.new[1], ""), "Put", o.cells[0].put(in.new[0], ""))
	case "both-cas":
		return "TransactWriteItems", transactWrite("",
			"Put", o.cells[0].put(in.new[0], condition(in.old[0])),
			"Put", o.cells[1].put(in.new[1], condition(in.old[1])))
	}
	action := map[string]string{"add": "ADD", "remove": "DELETE"}[in.kind]
	return "UpdateItem", fmt.Sprintf(`{%s,"UpdateExpression":"%s s :e","ReturnValues":"ALL_NEW",
		"ExpressionAttributeValues":{":e":{"SS":["%s"]}}}`,
		p.tableAndKey(), action, strings.Join(elements(in.new[0]), `","`))
}

func (o *object) readRequest(w *worker, p place) (operation, request string) {
	switch w.random.Intn(4) {
	case 0:
		if !strings.HasPrefix(p.name, "set-") {
			return "TransactGetItems", transactGet(p)
		}
	case 1:
		if p.indexed && !strings.HasPrefix(p.name, "set-") {
			return "Query", fmt.Sprintf(`{%s,"ConsistentRead":true,"KeyConditionExpression":"pk = :p AND sk = :s",
				"ExpressionAttributeValues":{":p":{"S":"%s"},":s":{"S":"%s"}}}`,
				p.table(), p.collection(), p.name)
		}
	}
	return "GetItem", p.get()
}

// condition that a register has this value; 0: is not there.
func condition(n int) string {
	if n == 0 {
		return ifAbsent
	}
	return ifEquals(n)
}

func (g *registers) stepOfSet(w *worker, o *object) {
	in := input{kind: []string{"read", "add", "remove"}[w.random.Intn(3)]}
	for in.new[0] == 0 {
		in.new[0] = w.random.Intn(64) & w.random.Intn(64)
	}
	g.do(w, o, in)
}

func elements(mask int) (result []string) {
	for ; mask != 0; mask &= mask - 1 {
		result = append(result, fmt.Sprintf("e%d", bits.TrailingZeros(uint(mask))))
	}
	return result
}

func mask(elements []string) (result int) {
	for _, e := range elements {
		result |= 1 << (e[1] - '0')
	}
	return result
}

// finish reads every object a last time and hands the histories to the checker.
func (g *registers) finish(w *worker) {
	for i := range g.slots {
		for _, o := range g.slots[i].all {
			for cell, p := range o.cells {
				if p.name != "" {
					call := int64(time.Since(start))
					r := w.insist("GetItem", p.get())
					out := output{}
					in := input{kind: "read", cell: cell}
					out.look(in, "GetItem", r)
					o.record(in, out, call, int64(time.Since(start)))
				}
			}
			histories <- o
		}
	}
}

var (
	histories        = make(chan *object, 2000)
	checkersAtWork   sync.WaitGroup
	historiesChecked int
	historyLength    int
	undecided        int
)

// checkHistories is the checker's loop.
func checkHistories() {
	defer checkersAtWork.Done()
	for o := range histories {
		switch porcupine.CheckOperationsTimeout(model, o.history, time.Minute) {
		case porcupine.Illegal:
			violation("the history of %s is not linearizable: %s", o.cells[0].name, o.dump())
		case porcupine.Unknown:
			undecided++
			fmt.Printf("undecided: the history of %s\n", o.cells[0].name)
		}
		historiesChecked++
		historyLength += len(o.history)
	}
}

func (o *object) dump() string {
	name := fmt.Sprintf("%s/history-%s", *outputs, o.cells[0].name)
	var text strings.Builder
	for _, op := range o.history {
		fmt.Fprintf(&text, "%d %d %+v %+v\n", op.Call, op.Return, op.Input, op.Output)
	}
	write(name, text.String())
	return name
}
