package clients

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A struct with every type of attribute comes back as it went.
func TestPutAndGet(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	label := "Ö-Label \U0001F3B5"
	added := unixTime(time.Unix(1700000000, 0))
	stored := song{Artist: "Björk", Title: "Jóga", Year: 1997, Genre: "art pop", Rating: 4.75,
		Cover: []byte{0, 1, 0xff}, Live: true, Label: &label, Tags: []string{"iceland", "strings"},
		Charts: []int{-3, 0, 40}, Prints: [][]byte{{1}, {2, 3}},
		Parts: []part{{"intro", 31}, {"chorus", 60}},
		Links: map[string]string{"video": "yes", "lyrics": ""}, Added: &added}

	put, err := client.PutItem(background, &dynamodb.PutItemInput{
		TableName: aws.String(table), Item: marshal(t, stored), ReturnValues: types.ReturnValueAllOld,
		ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal})
	check(t, err)
	equal(t, "old item", len(put.Attributes), 0)
	equal(t, "capacity of", aws.ToString(put.ConsumedCapacity.TableName), table)
	if units := aws.ToFloat64(put.ConsumedCapacity.CapacityUnits); units != 2 {
		t.Fatalf("%v units for a table and an index", units)
	}
	got, err := client.GetItem(background, &dynamodb.GetItemInput{
		TableName: aws.String(table), Key: songKey("Björk", "Jóga"), ConsistentRead: aws.Bool(true)})
	check(t, err)
	equal(t, "item", songOf(t, got.Item), stored)

	replaced, err := client.PutItem(background, &dynamodb.PutItemInput{
		TableName: aws.String(table), Item: marshal(t, song{Artist: "Björk", Title: "Jóga"}),
		ReturnValues: types.ReturnValueAllOld})
	check(t, err)
	equal(t, "old item", songOf(t, replaced.Attributes), stored)
	got, err = client.GetItem(background, &dynamodb.GetItemInput{
		TableName: aws.String(table), Key: songKey("Björk", "Jóga")})
	check(t, err)
	equal(t, "label", got.Item["label"], &types.AttributeValueMemberNULL{Value: true})
	equal(t, "cover", got.Item["cover"], nil)

	absent, err := client.GetItem(background, &dynamodb.GetItemInput{
		TableName: aws.String(table), Key: songKey("Björk", "nothing")})
	check(t, err)
	equal(t, "absent item", len(absent.Item), 0)
}

// An update by the expression builder, and one whose condition fails, with the
// item that made it fail.
func TestUpdateWithCondition(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	fill(t, client, table, []song{{Artist: "Can", Title: "Vitamin C", Year: 1972, Rating: 4,
		Tags: []string{"kraut"}, Parts: []part{{"all", 212}}}})

	built, err := expression.NewBuilder().
		WithUpdate(expression.
			Set(expression.Name("genre"), expression.IfNotExists(expression.Name("genre"), expression.Value("rock"))).
			Set(expression.Name("parts[0].seconds"),
				expression.Name("parts[0].seconds").Plus(expression.Value(1))).
			Add(expression.Name("rating"), expression.Value(0.5)).
			Delete(expression.Name("tags"), expression.Value(&types.AttributeValueMemberSS{Value: []string{"kraut"}})).
			Remove(expression.Name("label"))).
		WithCondition(expression.And(
			expression.Name("year").Between(expression.Value(1970), expression.Value(1979)),
			expression.Name("tags").Contains("kraut"))).
		Build()
	check(t, err)
	update := &dynamodb.UpdateItemInput{
		TableName: aws.String(table), Key: songKey("Can", "Vitamin C"),
		UpdateExpression: built.Update(), ConditionExpression: built.Condition(),
		ExpressionAttributeNames: built.Names(), ExpressionAttributeValues: built.Values(),
		ReturnValues:                        types.ReturnValueAllNew,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld}
	wanted := song{Artist: "Can", Title: "Vitamin C", Year: 1972, Genre: "rock", Rating: 4.5,
		Parts: []part{{"all", 213}}}

	updated, err := client.UpdateItem(background, update)
	check(t, err)
	equal(t, "new item", songOf(t, updated.Attributes), wanted)

	var failed *types.ConditionalCheckFailedException
	if _, err = client.UpdateItem(background, update); !errors.As(err, &failed) {
		t.Fatal(err)
	}
	equal(t, "message", failed.ErrorMessage(), "The conditional request failed")
	equal(t, "item of the error", songOf(t, failed.Item), wanted)

	_, err = client.DeleteItem(background, &dynamodb.DeleteItemInput{
		TableName: aws.String(table), Key: songKey("Can", "nothing"),
		ConditionExpression: aws.String("attribute_exists(artist)")})
	if !errors.As(err, &failed) {
		t.Fatal(err)
	}
	deleted, err := client.DeleteItem(background, &dynamodb.DeleteItemInput{
		TableName: aws.String(table), Key: songKey("Can", "Vitamin C"), ReturnValues: types.ReturnValueAllOld})
	check(t, err)
	equal(t, "deleted item", songOf(t, deleted.Attributes), wanted)
}

func TestBatches(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	songs := manySongs()
	fill(t, client, table, songs)

	wanted := map[string]song{}
	keys := []map[string]types.AttributeValue{songKey("Nobody", "nothing")}
	for _, s := range songs {
		wanted[s.Artist+"/"+s.Title] = s
		keys = append(keys, songKey(s.Artist, s.Title))
	}
	got := map[string]song{}
	for unread := map[string]types.KeysAndAttributes{table: {Keys: keys}}; len(unread) > 0; {
		reply, err := client.BatchGetItem(background, &dynamodb.BatchGetItemInput{RequestItems: unread})
		check(t, err)
		for _, s := range songsOf(t, reply.Responses[table]) {
			got[s.Artist+"/"+s.Title] = s
		}
		unread = reply.UnprocessedKeys
	}
	equal(t, "items", got, wanted)
}

// Pages of the table, of a part of it backwards, and of the index.
func TestQuery(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	songs := manySongs()
	fill(t, client, table, songs)

	equal(t, "of one artist", query(t, client, table, "", 7, true, expression.NewBuilder().
		WithKeyCondition(expression.Key("artist").Equal(expression.Value("Björk")))), songs[20:40])

	var backwards []song
	for i := 9; i >= 0; i -= 2 {
		backwards = append(backwards, songs[i])
	}
	equal(t, "backwards, filtered", query(t, client, table, "", 4, false, expression.NewBuilder().
		WithKeyCondition(expression.Key("artist").Equal(expression.Value("Abba")).
			And(expression.Key("title").BeginsWith("Song 0"))).
		WithFilter(expression.Name("genre").In(expression.Value("rock"), expression.Value("jazz")))), backwards)

	ofIndex := query(t, client, table, "ByGenre", 2, true, expression.NewBuilder().
		WithKeyCondition(expression.Key("genre").Equal(expression.Value("pop")).
			And(expression.Key("year").GreaterThanEqual(expression.Value(1984)))).
		WithProjection(expression.NamesList(expression.Name("artist"), expression.Name("year"))))
	equal(t, "of the index", len(ofIndex), 9)
	for i, s := range ofIndex {
		equal(t, "year", s.Year, 1984+i/3*2)
		equal(t, "not projected", s.Title+s.Genre, "")
	}
}

// query collects the pages of a query; each has at most limit items.
func query(t *testing.T, client *dynamodb.Client, table, index string, limit int32, forward bool,
	builder expression.Builder) []song {
	t.Helper()
	built, err := builder.Build()
	check(t, err)
	input := &dynamodb.QueryInput{
		TableName: aws.String(table), Limit: aws.Int32(limit), ScanIndexForward: aws.Bool(forward),
		KeyConditionExpression: built.KeyCondition(), FilterExpression: built.Filter(),
		ProjectionExpression:     built.Projection(),
		ExpressionAttributeNames: built.Names(), ExpressionAttributeValues: built.Values()}
	if index != "" {
		input.IndexName = aws.String(index)
	}
	var found []song
	for pages := dynamodb.NewQueryPaginator(client, input); pages.HasMorePages(); {
		page, err := pages.NextPage(background)
		check(t, err)
		equal(t, "count", int(page.Count), len(page.Items))
		if page.ScannedCount > limit || page.ScannedCount < page.Count {
			t.Fatalf("%d of %d items of at most %d", page.Count, page.ScannedCount, limit)
		}
		found = append(found, songsOf(t, page.Items)...)
	}
	return found
}

// The segments of a parallel scan are disjoint and together the table.
func TestParallelScan(t *testing.T) {
	const segments = 4
	client := newClient(t)
	table := newTable(t, client)
	songs := manySongs()
	fill(t, client, table, songs)

	type result struct {
		items []map[string]types.AttributeValue
		err   error
	}
	results := make(chan result)
	for segment := 0; segment < segments; segment++ {
		go func(segment int32) {
			var r result
			pages := dynamodb.NewScanPaginator(client, &dynamodb.ScanInput{
				TableName: aws.String(table), Limit: aws.Int32(5),
				Segment: aws.Int32(segment), TotalSegments: aws.Int32(segments)})
			for r.err == nil && pages.HasMorePages() {
				var page *dynamodb.ScanOutput
				if page, r.err = pages.NextPage(background); r.err == nil {
					r.items = append(r.items, page.Items...)
				}
			}
			results <- r
		}(int32(segment))
	}
	found := map[string]song{}
	count := 0
	for segment := 0; segment < segments; segment++ {
		r := <-results
		check(t, r.err)
		for _, s := range songsOf(t, r.items) {
			found[s.Artist+"/"+s.Title] = s
			count++
		}
	}
	equal(t, "items", count, len(songs))
	for _, s := range songs {
		equal(t, "item", found[s.Artist+"/"+s.Title], s)
	}
}

func TestTransactions(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	fill(t, client, table, manySongs()[:3])
	year := func(n int) map[string]types.AttributeValue {
		value, err := attributevalue.Marshal(n)
		check(t, err)
		return map[string]types.AttributeValue{":n": value}
	}
	actions := func(required int) []types.TransactWriteItem {
		return []types.TransactWriteItem{
			{Put: &types.Put{TableName: aws.String(table), Item: marshal(t, song{Artist: "Neu!", Title: "Hero"})}},
			{Update: &types.Update{TableName: aws.String(table), Key: songKey("Abba", "Song 00"),
				UpdateExpression: aws.String("ADD rating :n"), ExpressionAttributeValues: year(1)}},
			{Delete: &types.Delete{TableName: aws.String(table), Key: songKey("Abba", "Song 01")}},
			{ConditionCheck: &types.ConditionCheck{TableName: aws.String(table), Key: songKey("Abba", "Song 02"),
				ConditionExpression:                 aws.String("#y = :n"),
				ExpressionAttributeNames:            map[string]string{"#y": "year"},
				ExpressionAttributeValues:           year(required),
				ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld}},
		}
	}

	_, err := client.TransactWriteItems(background,
		&dynamodb.TransactWriteItemsInput{TransactItems: actions(2000)})
	var canceled *types.TransactionCanceledException
	if !errors.As(err, &canceled) {
		t.Fatal(err)
	}
	equal(t, "reasons", len(canceled.CancellationReasons), 4)
	for i, code := range []string{"None", "None", "None", "ConditionalCheckFailed"} {
		equal(t, fmt.Sprintf("reason %d", i), aws.ToString(canceled.CancellationReasons[i].Code), code)
	}
	reason := canceled.CancellationReasons[3]
	equal(t, "message", aws.ToString(reason.Message), "The conditional request failed")
	equal(t, "item of the reason", songOf(t, reason.Item), manySongs()[2])

	token := aws.String(uniqueName())
	for try := 0; try < 2; try++ {
		_, err = client.TransactWriteItems(background, &dynamodb.TransactWriteItemsInput{
			TransactItems: actions(1972), ClientRequestToken: token})
		check(t, err)
	}
	_, err = client.TransactWriteItems(background, &dynamodb.TransactWriteItemsInput{
		TransactItems: actions(1973), ClientRequestToken: token})
	var mismatch *types.IdempotentParameterMismatchException
	if !errors.As(err, &mismatch) {
		t.Fatal(err)
	}

	var gets []types.TransactGetItem
	for _, key := range [][2]string{{"Neu!", "Hero"}, {"Abba", "Song 00"}, {"Abba", "Song 01"}} {
		gets = append(gets, types.TransactGetItem{
			Get: &types.Get{TableName: aws.String(table), Key: songKey(key[0], key[1])}})
	}
	got, err := client.TransactGetItems(background, &dynamodb.TransactGetItemsInput{TransactItems: gets})
	check(t, err)
	equal(t, "responses", len(got.Responses), 3)
	equal(t, "put", songOf(t, got.Responses[0].Item), song{Artist: "Neu!", Title: "Hero"})
	equal(t, "updated once", songOf(t, got.Responses[1].Item).Rating, 1.0)
	equal(t, "deleted", len(got.Responses[2].Item), 0)
}
