package main

// A bank: money moves by TransactWriteItems and by SQL transactions of single
// operations; every TransactGetItems sees the same total, no balance is ever
// negative, and after each round every account has what the transfers that
// are there give it.  A transfer is one with its entry in the ledger: the
// entry tells what became of a transfer without an answer.

import (
	"fmt"
	"strings"
	"sync"
)

const (
	accounts = 8
	deposit  = 100
)

type transfer struct {
	id       string
	from, to int
	amount   int
}

type bank struct {
	accounts []place
	balances []int // after the transfers known

	lock   sync.Mutex
	sums   []int
	doubts []transfer
	failed []transfer
}

// The accounts outlive rounds.
func (b *bank) open(w *worker) {
	for i := 0; i < accounts; i++ {
		p := place{i%2 == 1, fmt.Sprintf("account-%d", i)}
		b.accounts = append(b.accounts, p)
		b.balances = append(b.balances, deposit)
		if r := w.call("PutItem", `{`+p.put(deposit, "")+`}`); !r.done() {
			die("cannot open the bank: %s %s", r.kind, r.detail)
		}
	}
	b.sums = make([]int, accounts)
}

func (b *bank) step(w *worker) {
	if w.random.Intn(3) == 0 {
		b.audit(w, w.call("TransactGetItems", transactGet(b.accounts...)))
		return
	}
	t := transfer{from: w.random.Intn(accounts), amount: 1 + w.random.Intn(40),
		id: fmt.Sprintf("t%d-%d-%d", w.round.number, w.number, w.next())}
	t.to = (t.from + 1 + w.random.Intn(accounts-1)) % accounts
	r := b.transfer(w, t)
	b.lock.Lock()
	switch {
	case r.done():
		b.sums[t.from] -= t.amount
		b.sums[t.to] += t.amount
	case r.unknown():
		b.doubts = append(b.doubts, t)
	case w.random.Intn(50) == 0:
		b.failed = append(b.failed, t)
	}
	b.lock.Unlock()
}

func (b *bank) transfer(w *worker, t transfer) *reply {
	from, to := b.accounts[t.from], b.accounts[t.to]
	take := fmt.Sprintf(`%s,"UpdateExpression":"SET n = n - :x","ConditionExpression":"n >= :x",
		"ExpressionAttributeValues":{":x":{"N":"%d"}}`, from.tableAndKey(), t.amount)
	give := fmt.Sprintf(`%s,"UpdateExpression":"SET n = n + :x","ConditionExpression":"attribute_exists(pk)",
		"ExpressionAttributeValues":{":x":{"N":"%d"}}`, to.tableAndKey(), t.amount)
	entry := fmt.Sprintf(`"TableName":"%s","Item":{"pk":{"S":"%s"},"from":{"S":"%s"},"n":{"N":"%d"}}`,
		ledgerTable, t.id, from.name, t.amount)
	sql, bySQL := w.door.(*sqlDoor)
	if !bySQL || w.random.Intn(2) == 0 {
		r := w.call("TransactWriteItems", transactWrite("", "Update", take, "Update", give, "Put", entry))
		w.expect("transfer", r, r.refusedByCondition() || r.conflict())
		return r
	}
	// the order of locks as it comes: deadlocks are part of the game
	level := []string{"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"}[w.random.Intn(3)]
	r := sql.transaction(level, "SELECT dynamo.put_item('{"+entry+"}')",
		"SELECT dynamo.update_item('{"+take+"}')", "SELECT dynamo.update_item('{"+give+"}')")
	w.tally("transfer by SQL", r)
	w.expectSilently("transfer by SQL", r, r.refusedByCondition() || r.conflict())
	return r
}

// audit looks at one snapshot of all accounts.
func (b *bank) audit(w *worker, r *reply) {
	if !w.expect("audit", r, r.conflict()) {
		return
	}
	if len(r.Responses) != accounts {
		w.violation("an audit of %d accounts answers %d", accounts, len(r.Responses))
		return
	}
	total := 0
	for i := range r.Responses {
		n := r.Responses[i].Item["n"].number()
		if n < 0 {
			w.violation("%s has %d", b.accounts[i].name, n)
		}
		total += n
	}
	if total != accounts*deposit {
		w.violation("the bank has %d instead of %d: %v", total, accounts*deposit, r.Responses)
	}
}

// isThere tells whether a transfer stands in the ledger.
func (b *bank) isThere(w *worker, t transfer) bool {
	r := w.insist("GetItem", fmt.Sprintf(`{"TableName":"%s","Key":{"pk":{"S":"%s"}},"ConsistentRead":true}`,
		ledgerTable, t.id))
	return r.Item != nil
}

func (b *bank) finish(w *worker) {
	for _, t := range b.doubts {
		if b.isThere(w, t) {
			b.sums[t.from] -= t.amount
			b.sums[t.to] += t.amount
		}
	}
	for _, t := range b.failed {
		if b.isThere(w, t) {
			w.violation("transfer %s was refused and is in the ledger", t.id)
		}
	}
	var is, should []string
	for i, p := range b.accounts {
		b.balances[i] += b.sums[i]
		n := w.surely(p)
		is = append(is, fmt.Sprint(n))
		should = append(should, fmt.Sprint(b.balances[i]))
		b.balances[i], b.sums[i] = n, 0
	}
	if strings.Join(is, " ") != strings.Join(should, " ") {
		w.violation("accounts are %v, by their transfers %v", is, should)
	}
	b.doubts, b.failed = nil, nil
}
