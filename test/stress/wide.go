package main

// Transactions of many actions of all kinds on few items, and single writes
// beside them.  Each locks many items; none may be refused, for there is no
// condition that fails, and a conflict would be a deadlock among operations.

import (
	"fmt"
	"strings"
)

const (
	wideItems   = 60
	wideActions = 25
)

type wide struct{ places []place }

// Half of the items have keys with one hash by PostgreSQL's hash function, as
// far as its last byte goes: they may share locks.
func newWide(names string) *wide {
	w := &wide{}
	for _, name := range strings.Split(names, ",") {
		w.places = append(w.places, place{false, name})
	}
	for i := len(w.places); i < wideItems; i++ {
		w.places = append(w.places, place{i%2 == 1, fmt.Sprintf("wide-%d", i)})
	}
	return w
}

const wideNames = `SELECT string_agg(name, ',') FROM (SELECT 'wide-' || i FROM generate_series(1000, 20000) i
	WHERE hashtextextended('wide-' || i, 0) & 255 = 0 LIMIT 30) AS names(name)`

func (v *wide) step(w *worker) {
	if w.random.Intn(4) > 0 {
		operation, request := singleWrite(w, v.places[w.random.Intn(wideItems)])
		w.expect("single "+operation, w.call(operation, request), false)
		return
	}
	var actions []string
	for _, i := range w.random.Perm(wideItems)[:actionCount(w)] {
		actions = append(actions, wideAction(w, v.places[i])...)
	}
	w.expect("wide transaction", w.call("TransactWriteItems", transactWrite("", actions...)), false)
}

// actionCount is mostly small, so that not everybody waits for everybody.
func actionCount(w *worker) int {
	if w.random.Intn(3) > 0 {
		return 2 + w.random.Intn(3)
	}
	return 2 + w.random.Intn(wideActions-1)
}

func wideAction(w *worker, p place) []string {
	switch w.random.Intn(4) {
	case 0:
		return []string{"Put", p.put(w.next(), "")}
	case 1:
		return []string{"Update", p.add(1, "")}
	case 2:
		return []string{"Delete", p.tableAndKey()}
	}
	return []string{"ConditionCheck", p.tableAndKey() + `,"ConditionExpression":"attribute_not_exists(nothing)"`}
}

func singleWrite(w *worker, p place) (operation, request string) {
	switch w.random.Intn(3) {
	case 0:
		return "PutItem", `{` + p.put(w.next(), "") + `}`
	case 1:
		return "UpdateItem", `{` + p.add(1, "") + `}`
	}
	return "DeleteItem", `{` + p.tableAndKey() + `}`
}

func (v *wide) finish(w *worker) {}
