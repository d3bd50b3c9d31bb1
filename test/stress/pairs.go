package main

// Pairs of items of which a condition on the one decides about the other, by
// TransactWriteItems with ConditionCheck on items that are not there:
// - rivals: at most one of the two exists;
// - parent and child: the child only with its parent.
// Under mere snapshot isolation both break (write skew).

import "fmt"

const pairsOfAKind = 3

type pairs struct{ rivals, families [][2]place }

func newPairs() *pairs {
	p := &pairs{}
	for i := 0; i < pairsOfAKind; i++ {
		p.rivals = append(p.rivals, [2]place{
			{false, fmt.Sprintf("left-%d", i)}, {true, fmt.Sprintf("right-%d", i)}})
		p.families = append(p.families, [2]place{
			{i%2 == 0, fmt.Sprintf("parent-%d", i)}, {i%2 == 1, fmt.Sprintf("child-%d", i)}})
	}
	return p
}

func (p *pairs) step(w *worker) {
	if k := w.random.Intn(pairsOfAKind); w.random.Intn(2) == 0 {
		p.stepOfRivals(w, p.rivals[k])
	} else {
		p.stepOfFamily(w, p.families[k])
	}
}

func (p *pairs) stepOfRivals(w *worker, pair [2]place) {
	me := w.random.Intn(2)
	switch w.random.Intn(4) {
	case 0, 1:
		p.write(w, "Put", pair[me].put(w.next(), ifAbsent), "ConditionCheck", pair[1-me].tableAndKey()+ifAbsent)
	case 2:
		w.expect("delete of a rival", w.call("DeleteItem", `{`+pair[me].tableAndKey()+`}`), false)
	case 3:
		if there := p.look(w, pair); there[0] && there[1] {
			w.violation("%s and %s are both there", pair[0].name, pair[1].name)
		}
	}
}

func (p *pairs) stepOfFamily(w *worker, pair [2]place) {
	parent, child := pair[0], pair[1]
	switch w.random.Intn(6) {
	case 0:
		p.write(w, "ConditionCheck", parent.tableAndKey()+ifPresent, "Put", child.put(w.next(), ""))
	case 1:
		p.write(w, "ConditionCheck", child.tableAndKey()+ifAbsent, "Delete", parent.tableAndKey())
	case 2:
		r := w.call("PutItem", `{`+parent.put(w.next(), ifAbsent)+`}`)
		w.expect("put of a parent", r, r.refusedByCondition())
	case 3:
		w.expect("delete of a child", w.call("DeleteItem", `{`+child.tableAndKey()+`}`), false)
	case 4:
		p.write(w, "Delete", parent.tableAndKey(), "Delete", child.tableAndKey())
	case 5:
		if there := p.look(w, pair); there[1] && !there[0] {
			w.violation("%s is there without %s", child.name, parent.name)
		}
	}
}

func (p *pairs) write(w *worker, actions ...string) {
	r := w.call("TransactWriteItems", transactWrite("", actions...))
	w.expect("transaction on a pair", r, r.refusedByCondition())
}

func (p *pairs) look(w *worker, pair [2]place) (there [2]bool) {
	r := w.call("TransactGetItems", transactGet(pair[0], pair[1]))
	if w.expect("look at a pair", r, false) && len(r.Responses) == 2 {
		there[0], there[1] = r.Responses[0].Item != nil, r.Responses[1].Item != nil
	}
	return there
}

func (p *pairs) finish(w *worker) {
	for k := range p.rivals {
		if there := p.look(w, p.rivals[k]); there[0] && there[1] {
			w.violation("%s and %s are both there", p.rivals[k][0].name, p.rivals[k][1].name)
		}
		if there := p.look(w, p.families[k]); there[1] && !there[0] {
			w.violation("%s is there without %s", p.families[k][1].name, p.families[k][0].name)
		}
	}
}
