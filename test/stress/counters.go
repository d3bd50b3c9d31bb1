package main

// Counters: no acknowledged increment is lost, none is done that was refused.
// They are incremented by ADD, by a conditional SET after a read, and by
// transactions under a ClientRequestToken that are sent again and again.

import (
	"fmt"
	"strconv"
	"sync/atomic"
)

type counter struct {
	place
	acknowledged, unknown int64
}

func (c *counter) note(w *worker, what string, by int, r *reply) {
	switch {
	case r.done():
		atomic.AddInt64(&c.acknowledged, int64(by))
	case r.unknown():
		atomic.AddInt64(&c.unknown, int64(by))
	}
	w.expect(what, r, r.refusedByCondition() || what == "token" && r.conflict())
}

type counters struct {
	plain  []*counter
	tokens []*counter
}

func newCounters(r *round) workload {
	c := &counters{}
	for i := 0; i < 6; i++ {
		c.plain = append(c.plain, &counter{place: place{i%2 == 1, fmt.Sprintf("count-%d-%d", r.number, i)}})
		c.tokens = append(c.tokens, &counter{place: place{i%2 == 1, fmt.Sprintf("token-%d-%d", r.number, i)}})
	}
	return c
}

func (c *counters) step(w *worker) {
	switch k := w.random.Intn(len(c.plain)); w.random.Intn(5) {
	case 0, 1:
		by := 1 + w.random.Intn(3)
		c.plain[k].note(w, "ADD", by, w.call("UpdateItem", `{`+c.plain[k].add(by, "")+`}`))
	case 2, 3:
		c.compareAndSet(w, c.plain[k])
	case 4:
		c.underToken(w, c.tokens[k])
	}
}

func (c *counters) compareAndSet(w *worker, k *counter) {
	n, r := w.read(k.place)
	if !w.expect("read of a counter", r, false) {
		return
	}
	by := 1 + w.random.Intn(3)
	old := ifAbsent
	values := fmt.Sprintf(`":new":{"N":"%d"},":g":{"S":"g%d"}`, n+by, n%3)
	if n > 0 {
		old = `,"ConditionExpression":"n = :old"`
		values += fmt.Sprintf(`,":old":{"N":"%d"}`, n)
	}
	k.note(w, "SET IF", by, w.call("UpdateItem", `{`+k.tableAndKey()+old+
		`,"UpdateExpression":"SET n = :new, g = :g","ExpressionAttributeValues":{`+values+`}}`))
}

// underToken sends one transaction until it is acknowledged, twice at once or
// again afterwards.  It counts once.
func (c *counters) underToken(w *worker, k *counter) {
	token := fmt.Sprintf("r%dw%dn%d", w.round.number, w.number, w.next())
	request := transactWrite(token, "Update", k.add(1, ""))
	twin := make(chan *reply, 1)
	twins := w.random.Intn(3) == 0
	if twins {
		go func() { twin <- w.second.call("TransactWriteItems", request) }()
	}
	r := w.call("TransactWriteItems", request)
	maybe := r.unknown()
	if twins {
		t := <-twin
		maybe = maybe || t.unknown()
		w.expect("the same token at once", t, t.conflict())
		if t.done() {
			r = t
		}
	}
	for !r.done() && (r.unknown() || r.conflict() || r.kind == notSent) && !w.round.over() {
		r = w.call("TransactWriteItems", request)
		maybe = maybe || r.unknown()
	}
	if !r.done() && maybe {
		r = &reply{kind: unknown}
	}
	k.note(w, "token", 1, r)
	if !r.done() {
		return
	}
	switch w.random.Intn(4) {
	case 0:
		w.expect("a token again", w.call("TransactWriteItems", request), false)
	case 1:
		other := w.call("TransactWriteItems", transactWrite(token, "Update", k.add(2, "")))
		w.expect("a token with other content", other, other.kind == "IdempotentParameterMismatchException")
		if other.done() {
			w.violation("token %s was taken with other content", token)
		}
	}
}

func (c *counters) finish(w *worker) {
	for _, k := range append(c.plain, c.tokens...) {
		n := int64(w.surely(k.place))
		if n < k.acknowledged || n > k.acknowledged+k.unknown {
			w.violation("counter %s is %d, acknowledged %d, unknown %d", k.name, n, k.acknowledged, k.unknown)
		}
	}
}

func (v value) number() int {
	n, err := strconv.Atoi(v.N)
	if err != nil {
		return 0
	}
	return n
}
