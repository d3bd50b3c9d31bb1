package main

// The tables, and requests about single items in them.

import "fmt"

// An item of one of the two tables that everything works on: a plain one, and
// one with a sort key, a global and a local index.  Its payload is the number
// n, which is also a key of both indexes.
type place struct {
	indexed bool
	name    string
}

const (
	plainTable   = "stress_plain"
	indexedTable = "stress_indexed"
	ledgerTable  = "stress_ledger"
)

var tables = []string{
	`{"TableName":"stress_plain","BillingMode":"PAY_PER_REQUEST",
	"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
	"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]}`,
	`{"TableName":"stress_indexed","BillingMode":"PAY_PER_REQUEST",
	"AttributeDefinitions":[
		{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"S"},
		{"AttributeName":"g","AttributeType":"S"},{"AttributeName":"n","AttributeType":"N"}],
	"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],
	"LocalSecondaryIndexes":[{"IndexName":"by_n","Projection":{"ProjectionType":"ALL"},
		"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"}]}],
	"GlobalSecondaryIndexes":[{"IndexName":"by_g","Projection":{"ProjectionType":"ALL"},
		"KeySchema":[{"AttributeName":"g","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"}]}]}`,
	`{"TableName":"stress_ledger","BillingMode":"PAY_PER_REQUEST",
	"AttributeDefinitions":[
		{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"from","AttributeType":"S"}],
	"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],
	"GlobalSecondaryIndexes":[{"IndexName":"by_from","Projection":{"ProjectionType":"KEYS_ONLY"},
		"KeySchema":[{"AttributeName":"from","KeyType":"HASH"}]}]}`,
}

// collection is the partition key: a few names share one.
func (p place) collection() string { return "c" + p.name[len(p.name)-1:] }

func (p place) keyAttributes() string {
	if p.indexed {
		return fmt.Sprintf(`"pk":{"S":"%s"},"sk":{"S":"%s"}`, p.collection(), p.name)
	}
	return fmt.Sprintf(`"pk":{"S":"%s"}`, p.name)
}

func (p place) table() string {
	if p.indexed {
		return `"TableName":"` + indexedTable + `"`
	}
	return `"TableName":"` + plainTable + `"`
}

func (p place) tableAndKey() string {
	return p.table() + `,"Key":{` + p.keyAttributes() + `}`
}

func (p place) get() string {
	return `{` + p.tableAndKey() + `,"ConsistentRead":true}`
}

// put is the inside of a request that writes n, with more members after it.
func (p place) put(n int, more string) string {
	return fmt.Sprintf(`%s,"Item":{%s,"g":{"S":"g%d"},"n":{"N":"%d"}}%s`,
		p.table(), p.keyAttributes(), n%3, n, more)
}

// add is the inside of a request that adds to n.
func (p place) add(n int, more string) string {
	return fmt.Sprintf(`%s,"UpdateExpression":"SET g = :g ADD n :d"%s,
		"ExpressionAttributeValues":{":d":{"N":"%d"},":g":{"S":"g%d"}}`, p.tableAndKey(), more, n, n%3)
}

const (
	ifAbsent  = `,"ConditionExpression":"attribute_not_exists(pk)"`
	ifPresent = `,"ConditionExpression":"attribute_exists(pk)"`
)

func ifEquals(n int) string {
	return fmt.Sprintf(`,"ConditionExpression":"n = :old","ExpressionAttributeValues":{":old":{"N":"%d"}}`, n)
}

func transactGet(places ...place) string {
	request := `{"TransactItems":[`
	for i, p := range places {
		if i > 0 {
			request += `,`
		}
		request += `{"Get":{` + p.tableAndKey() + `}}`
	}
	return request + `]}`
}

// transactWrite takes actions by turns as name and inside.
func transactWrite(token string, actions ...string) string {
	request := `{`
	if token != "" {
		request += `"ClientRequestToken":"` + token + `",`
	}
	request += `"TransactItems":[`
	for i := 0; i < len(actions); i += 2 {
		if i > 0 {
			request += `,`
		}
		request += `{"` + actions[i] + `":{` + actions[i+1] + `}}`
	}
	return request + `]}`
}
