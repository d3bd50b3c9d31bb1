package clients

import (
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// A table's life with its waiters.
func TestTable(t *testing.T) {
	client := newClient(t)
	name := uniqueName()

	created, err := client.CreateTable(background, tableOfSongs(name))
	check(t, err)
	equal(t, "name", aws.ToString(created.TableDescription.TableName), name)
	waitForTable(t, client, name)

	table := describe(t, client, name)
	equal(t, "status", table.TableStatus, types.TableStatusActive)
	equal(t, "keys", table.KeySchema, keySchema("artist", "title"))
	equal(t, "billing", table.BillingModeSummary.BillingMode, types.BillingModePayPerRequest)
	if age := time.Since(*table.CreationDateTime); age < -time.Minute || age > time.Minute {
		t.Fatalf("created %v ago", age)
	}
	index := table.GlobalSecondaryIndexes[0]
	equal(t, "index", aws.ToString(index.IndexName), "ByGenre")
	equal(t, "index status", index.IndexStatus, types.IndexStatusActive)
	equal(t, "index keys", index.KeySchema, keySchema("genre", "year"))
	equal(t, "projection", index.Projection.ProjectionType, types.ProjectionTypeAll)

	gone, err := client.DeleteTable(background, &dynamodb.DeleteTableInput{TableName: aws.String(name)})
	check(t, err)
	equal(t, "status", gone.TableDescription.TableStatus, types.TableStatusDeleting)
	waiter := dynamodb.NewTableNotExistsWaiter(client, func(o *dynamodb.TableNotExistsWaiterOptions) {
		o.MinDelay = 100 * time.Millisecond
	})
	check(t, waiter.Wait(background, &dynamodb.DescribeTableInput{TableName: aws.String(name)}, patience))
}

func describe(t *testing.T, client *dynamodb.Client, name string) *types.TableDescription {
	t.Helper()
	reply, err := client.DescribeTable(background, &dynamodb.DescribeTableInput{TableName: aws.String(name)})
	check(t, err)
	return reply.Table
}

// An index is added to a table that has items, and another one dropped.
func TestUpdateTable(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)
	fill(t, client, table, manySongs())

	_, err := client.UpdateTable(background, &dynamodb.UpdateTableInput{
		TableName:   aws.String(table),
		BillingMode: types.BillingModeProvisioned,
		ProvisionedThroughput: &types.ProvisionedThroughput{
			ReadCapacityUnits: aws.Int64(7), WriteCapacityUnits: aws.Int64(8)},
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{
			Update: &types.UpdateGlobalSecondaryIndexAction{
				IndexName: aws.String("ByGenre"),
				ProvisionedThroughput: &types.ProvisionedThroughput{
					ReadCapacityUnits: aws.Int64(5), WriteCapacityUnits: aws.Int64(6)},
			}}},
	})
	check(t, err)
	waitForTable(t, client, table)
	throughput := describe(t, client, table).ProvisionedThroughput
	equal(t, "read units", aws.ToInt64(throughput.ReadCapacityUnits), int64(7))
	equal(t, "write units", aws.ToInt64(throughput.WriteCapacityUnits), int64(8))

	_, err = client.UpdateTable(background, &dynamodb.UpdateTableInput{
		TableName: aws.String(table),
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("year"), AttributeType: types.ScalarAttributeTypeN},
			{AttributeName: aws.String("title"), AttributeType: types.ScalarAttributeTypeS},
		},
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{
			Create: &types.CreateGlobalSecondaryIndexAction{
				IndexName:  aws.String("ByYear"),
				KeySchema:  keySchema("year", "title"),
				Projection: &types.Projection{ProjectionType: types.ProjectionTypeKeysOnly},
				ProvisionedThroughput: &types.ProvisionedThroughput{
					ReadCapacityUnits: aws.Int64(1), WriteCapacityUnits: aws.Int64(1)},
			}}},
	})
	check(t, err)
	waitForIndexes(t, client, table, "ByGenre", "ByYear")
	found, err := client.Query(background, &dynamodb.QueryInput{
		TableName:                 aws.String(table),
		IndexName:                 aws.String("ByYear"),
		KeyConditionExpression:    aws.String("#y = :y"),
		ExpressionAttributeNames:  map[string]string{"#y": "year"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":y": &types.AttributeValueMemberN{Value: "1975"}},
	})
	check(t, err)
	equal(t, "found", found.Count, int32(3))

	_, err = client.UpdateTable(background, &dynamodb.UpdateTableInput{
		TableName: aws.String(table),
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{
			Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: aws.String("ByGenre")}}},
	})
	check(t, err)
	waitForIndexes(t, client, table, "ByYear")
}

// waitForIndexes waits until the table has these indexes, all of them active.
func waitForIndexes(t *testing.T, client *dynamodb.Client, table string, names ...string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		left := map[string]bool{}
		for _, name := range names {
			left[name] = true
		}
		others := 0
		for _, index := range describe(t, client, table).GlobalSecondaryIndexes {
			if name := aws.ToString(index.IndexName); left[name] && index.IndexStatus == types.IndexStatusActive {
				delete(left, name)
			} else {
				others++
			}
		}
		if len(left) == 0 && others == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("indexes of %s: %v are not active, %d others are there", table, left, others)
		}
	}
}

func TestListTables(t *testing.T) {
	client := newClient(t)
	wanted := map[string]bool{}
	for i := 0; i < 3; i++ {
		wanted[newTable(t, client)] = true
	}
	previous := ""
	pages := dynamodb.NewListTablesPaginator(client, &dynamodb.ListTablesInput{Limit: aws.Int32(2)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(background)
		check(t, err)
		if len(page.TableNames) > 2 {
			t.Fatalf("a page of %d", len(page.TableNames))
		}
		for _, name := range page.TableNames {
			if name <= previous {
				t.Fatalf("%s after %s", name, previous)
			}
			previous = name
			delete(wanted, name)
		}
	}
	equal(t, "not listed", wanted, map[string]bool{})
}

// Each error is the SDK's type for it.
func TestErrors(t *testing.T) {
	client := newClient(t)
	table := newTable(t, client)

	var inUse *types.ResourceInUseException
	if _, err := client.CreateTable(background, tableOfSongs(table)); !errors.As(err, &inUse) {
		t.Fatal(err)
	}
	equal(t, "message", inUse.ErrorMessage(), "Table already exists: "+table)

	var missing *types.ResourceNotFoundException
	_, err := client.DescribeTable(background, &dynamodb.DescribeTableInput{TableName: aws.String(uniqueName())})
	if !errors.As(err, &missing) {
		t.Fatal(err)
	}
	_, err = client.GetItem(background, &dynamodb.GetItemInput{
		TableName: aws.String(uniqueName()), Key: songKey("a", "b")})
	if !errors.As(err, &missing) {
		t.Fatal(err)
	}

	_, err = client.GetItem(background, &dynamodb.GetItemInput{
		TableName: aws.String(table),
		Key:       map[string]types.AttributeValue{"artist": &types.AttributeValueMemberS{Value: "a"}}})
	equal(t, "code", codeOf(t, err), "ValidationException")
}
