package main

// The two doors of the server: HTTP and the SQL functions.  A reply says what
// is known of the operation: done, refused, or unknown, when the connection
// broke before the answer.

import (
	"bufio"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/lib/pq"
)

// No operation may take longer: dynamo.lock_timeout is well below.
const patience = 30 * time.Second

// What kind says of a reply that is neither done nor refused by the API.
const (
	notSent = "not sent" // the server could not be reached
	unknown = "unknown"  // sent, and no answer
	aborted = "aborted"  // PostgreSQL rolled it back: deadlock, serialization failure
)

type value struct {
	S  string   `json:",omitempty"`
	N  string   `json:",omitempty"`
	SS []string `json:",omitempty"`
}

type item map[string]value

type reply struct {
	kind       string // "" if done, else the name of the exception or a constant above
	detail     string
	Item       item
	Attributes item
	Items      []item
	Responses  []struct{ Item item }
	reasons    []string
}

func (r *reply) done() bool    { return r.kind == "" }
func (r *reply) unknown() bool { return r.kind == unknown }

// refusedByCondition tells whether a condition, and nothing else, said no.
func (r *reply) refusedByCondition() bool {
	if r.kind == "ConditionalCheckFailedException" {
		return true
	}
	if r.kind != "TransactionCanceledException" {
		return false
	}
	failed := false
	for _, reason := range r.reasons {
		if reason != "None" && reason != "ConditionalCheckFailed" {
			return false
		}
		failed = failed || reason == "ConditionalCheckFailed"
	}
	return failed
}

// conflict tells whether somebody else's transaction was in the way.
func (r *reply) conflict() bool {
	if r.kind == "TransactionConflictException" || r.kind == aborted {
		return true
	}
	for _, reason := range r.reasons {
		if reason == "TransactionConflict" {
			return true
		}
	}
	return r.kind == "TransactionInProgressException"
}

type door interface {
	call(operation, request string) *reply
	close()
}

// Requests answered or broken, over all doors.
var operations int64

// ---------------------------------------------------------------- HTTP

type httpDoor struct {
	address string
	conn    net.Conn
	in      *bufio.Reader
	out     []byte
}

func (d *httpDoor) close() {
	if d.conn != nil {
		d.conn.Close()
		d.conn = nil
	}
}

func (d *httpDoor) call(operation, request string) *reply {
	if d.conn == nil {
		conn, err := net.DialTimeout("tcp", d.address, time.Second)
		if err != nil {
			time.Sleep(20 * time.Millisecond)
			return &reply{kind: notSent, detail: err.Error()}
		}
		d.conn, d.in = conn, bufio.NewReader(conn)
	}
	atomic.AddInt64(&operations, 1)
	d.out = append(d.out[:0], "POST / HTTP/1.1\r\nHost: localhost\r\n"+
		"Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: DynamoDB_20120810."...)
	d.out = append(d.out, operation...)
	d.out = append(d.out, "\r\nContent-Length: "...)
	d.out = strconv.AppendInt(d.out, int64(len(request)), 10)
	d.out = append(d.out, "\r\n\r\n"...)
	d.out = append(d.out, request...)
	d.conn.SetDeadline(time.Now().Add(patience))
	_, err := d.conn.Write(d.out)
	if err != nil {
		d.close()
		return &reply{kind: unknown, detail: err.Error()}
	}
	status, body, err := readResponse(d.in)
	if err != nil {
		d.close()
		return &reply{kind: unknown, detail: err.Error()}
	}
	return httpReply(status, body)
}

func readResponse(in *bufio.Reader) (status int, body []byte, err error) {
	length := -1
	line, err := in.ReadString('\n')
	if err != nil {
		return 0, nil, err
	}
	if len(line) < 12 {
		return 0, nil, fmt.Errorf("bad status line %q", line)
	}
	if status, err = strconv.Atoi(line[9:12]); err != nil {
		return 0, nil, err
	}
	for {
		if line, err = in.ReadString('\n'); err != nil {
			return 0, nil, err
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		if len(line) > 15 && strings.EqualFold(line[:15], "content-length:") {
			if length, err = strconv.Atoi(strings.TrimSpace(line[15:])); err != nil {
				return 0, nil, err
			}
		}
	}
	if length < 0 {
		return 0, nil, errors.New("no Content-Length")
	}
	body = make([]byte, length)
	_, err = io.ReadFull(in, body)
	return status, body, err
}

func httpReply(status int, body []byte) *reply {
	r := &reply{}
	if status == 200 {
		if err := json.Unmarshal(body, r); err != nil {
			return &reply{kind: "broken JSON", detail: string(body)}
		}
		return r
	}
	if status >= 500 {
		return &reply{kind: unknown, detail: string(body)}
	}
	var problem struct {
		Type                string `json:"__type"`
		CancellationReasons []reason
	}
	if err := json.Unmarshal(body, &problem); err != nil {
		return &reply{kind: "broken JSON", detail: string(body)}
	}
	r.kind = problem.Type[strings.LastIndexByte(problem.Type, '#')+1:]
	r.detail = string(body)
	r.reasons = codes(problem.CancellationReasons)
	return r
}

type reason struct{ Code string }

func codes(reasons []reason) (result []string) {
	for _, r := range reasons {
		result = append(result, r.Code)
	}
	return result
}

// ---------------------------------------------------------------- SQL

type sqlDoor struct {
	dsn  string
	conn driver.Conn
}

var functions = map[string]string{
	"CreateTable": "create_table", "GetItem": "get_item", "PutItem": "put_item", "UpdateItem": "update_item",
	"DeleteItem": "delete_item", "Query": "query", "TransactWriteItems": "transact_write_items",
	"TransactGetItems": "transact_get_items",
}

var exceptions = map[pq.ErrorCode]string{
	"DY001": "ValidationException", "DY004": "ResourceNotFoundException",
	"DY007": "ConditionalCheckFailedException", "DY009": "TransactionConflictException",
	"DY010": "TransactionCanceledException", "DY011": "TransactionInProgressException",
	"DY012": "IdempotentParameterMismatchException",
	"40001": aborted, "40P01": aborted, "55P03": aborted,
}

func (d *sqlDoor) close() {
	if d.conn != nil {
		d.conn.Close()
		d.conn = nil
	}
}

func (d *sqlDoor) call(operation, request string) *reply {
	atomic.AddInt64(&operations, 1)
	text, r := d.query("SELECT dynamo." + functions[operation] + "('" + request + "')")
	if r.done() {
		if err := json.Unmarshal([]byte(text), r); err != nil {
			return &reply{kind: "broken JSON", detail: text}
		}
	}
	return r
}

// transaction runs statements as one.  Before COMMIT nothing is unknown: what
// was not committed is not there.
func (d *sqlDoor) transaction(level string, statements ...string) *reply {
	if _, r := d.query("BEGIN ISOLATION LEVEL " + level); !r.done() {
		r.kind = notSent
		return r
	}
	atomic.AddInt64(&operations, int64(len(statements)))
	for _, statement := range statements {
		if _, r := d.query(statement); !r.done() {
			if r.kind == unknown {
				r.kind = notSent
			} else {
				d.query("ROLLBACK")
			}
			return r
		}
	}
	_, r := d.query("COMMIT")
	return r
}

// query runs one statement; the first column of the last row.
func (d *sqlDoor) query(statement string) (text string, r *reply) {
	if d.conn == nil {
		conn, err := pq.Open(d.dsn)
		if err != nil {
			time.Sleep(20 * time.Millisecond)
			return "", &reply{kind: notSent, detail: err.Error()}
		}
		d.conn = conn
	}
	//lint:ignore SA1019 the plain form needs no context
	rows, err := d.conn.(driver.Queryer).Query(statement, nil)
	if err != nil {
		return "", d.problem(err)
	}
	defer rows.Close()
	dest := make([]driver.Value, len(rows.Columns()))
	for {
		err = rows.Next(dest)
		if err == io.EOF {
			return text, &reply{}
		}
		if err != nil {
			return "", d.problem(err)
		}
		switch v := dest[0].(type) {
		case []byte:
			text = string(v)
		case string:
			text = v
		case nil:
		default:
			text = fmt.Sprint(v)
		}
	}
}

func (d *sqlDoor) problem(err error) *reply {
	var e *pq.Error
	if !errors.As(err, &e) || e.Code.Class() == "57" || e.Code.Class() == "08" || e.Severity == "FATAL" {
		d.close()
		return &reply{kind: unknown, detail: err.Error()}
	}
	kind, known := exceptions[e.Code]
	if !known {
		kind = "SQLSTATE " + string(e.Code)
	}
	r := &reply{kind: kind, detail: e.Message + " " + e.Detail}
	if e.Code == "DY010" {
		var canceled struct{ CancellationReasons []reason }
		if json.Unmarshal([]byte(e.Detail), &canceled) == nil {
			r.reasons = codes(canceled.CancellationReasons)
		}
	}
	return r
}
