package clients

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

const patience = 30 * time.Second

var background = context.Background()

// newClient finds endpoint, region and access key as the SDK does, in the
// environment.
func newClient(t *testing.T) *dynamodb.Client {
	t.Helper()
	settings, err := config.LoadDefaultConfig(background)
	check(t, err)
	return dynamodb.NewFromConfig(settings)
}

// song is what an application stores: the key, and one attribute of each type.
type song struct {
	Artist string            `dynamodbav:"artist"`
	Title  string            `dynamodbav:"title"`
	Year   int               `dynamodbav:"year,omitempty"`
	Genre  string            `dynamodbav:"genre,omitempty"`
	Rating float64           `dynamodbav:"rating"`
	Cover  []byte            `dynamodbav:"cover,omitempty"`
	Live   bool              `dynamodbav:"live"`
	Label  *string           `dynamodbav:"label"`
	Tags   []string          `dynamodbav:"tags,stringset,omitempty"`
	Charts []int             `dynamodbav:"charts,numberset,omitempty"`
	Prints [][]byte          `dynamodbav:"prints,binaryset,omitempty"`
	Parts  []part            `dynamodbav:"parts,omitempty"`
	Links  map[string]string `dynamodbav:"links,omitempty"`
	Added  *unixTime         `dynamodbav:"added,omitempty"`
}

type unixTime = attributevalue.UnixTime

type part struct {
	Name    string `dynamodbav:"name"`
	Seconds int    `dynamodbav:"seconds"`
}

func songKey(artist, title string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"artist": &types.AttributeValueMemberS{Value: artist},
		"title":  &types.AttributeValueMemberS{Value: title},
	}
}

func uniqueName() string {
	bytes := make([]byte, 6)
	if _, err := rand.Read(bytes); err != nil {
		panic(err)
	}
	return "Go-" + hex.EncodeToString(bytes)
}

// tableOfSongs has an index over genre and year.
func tableOfSongs(name string) *dynamodb.CreateTableInput {
	attribute := func(name string, kind types.ScalarAttributeType) types.AttributeDefinition {
		return types.AttributeDefinition{AttributeName: aws.String(name), AttributeType: kind}
	}
	return &dynamodb.CreateTableInput{
		TableName:   aws.String(name),
		BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			attribute("artist", "S"), attribute("title", "S"), attribute("genre", "S"), attribute("year", "N"),
		},
		KeySchema: keySchema("artist", "title"),
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName:  aws.String("ByGenre"),
			KeySchema:  keySchema("genre", "year"),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		}},
	}
}

func keySchema(hash, sort string) []types.KeySchemaElement {
	return []types.KeySchemaElement{
		{AttributeName: aws.String(hash), KeyType: types.KeyTypeHash},
		{AttributeName: aws.String(sort), KeyType: types.KeyTypeRange},
	}
}

// newTable is a table of songs, deleted after the test.
func newTable(t *testing.T, client *dynamodb.Client) string {
	t.Helper()
	name := uniqueName()
	_, err := client.CreateTable(background, tableOfSongs(name))
	check(t, err)
	t.Cleanup(func() {
		_, err := client.DeleteTable(background, &dynamodb.DeleteTableInput{TableName: aws.String(name)})
		check(t, err)
	})
	waitForTable(t, client, name)
	return name
}

func waitForTable(t *testing.T, client *dynamodb.Client, name string) {
	t.Helper()
	waiter := dynamodb.NewTableExistsWaiter(client, func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay = 100 * time.Millisecond
	})
	check(t, waiter.Wait(background, &dynamodb.DescribeTableInput{TableName: aws.String(name)}, patience))
}

// fill writes songs by BatchWriteItem until none is unprocessed.
func fill(t *testing.T, client *dynamodb.Client, table string, songs []song) {
	t.Helper()
	for len(songs) > 0 {
		count := len(songs)
		if count > 25 {
			count = 25
		}
		var requests []types.WriteRequest
		for _, s := range songs[:count] {
			requests = append(requests, types.WriteRequest{PutRequest: &types.PutRequest{Item: marshal(t, s)}})
		}
		for unwritten := map[string][]types.WriteRequest{table: requests}; len(unwritten) > 0; {
			reply, err := client.BatchWriteItem(background, &dynamodb.BatchWriteItemInput{RequestItems: unwritten})
			check(t, err)
			unwritten = reply.UnprocessedItems
		}
		songs = songs[count:]
	}
}

// manySongs are 60 songs of three artists, in order of their keys.
func manySongs() []song {
	var songs []song
	for _, artist := range []string{"Abba", "Björk", "Can"} {
		for i := 0; i < 20; i++ {
			songs = append(songs, song{Artist: artist, Title: fmt.Sprintf("Song %02d", i), Year: 1970 + i,
				Genre: []string{"pop", "rock"}[i%2], Rating: float64(i) / 4})
		}
	}
	return songs
}

func marshal(t *testing.T, value interface{}) map[string]types.AttributeValue {
	t.Helper()
	item, err := attributevalue.MarshalMap(value)
	check(t, err)
	return item
}

func songOf(t *testing.T, item map[string]types.AttributeValue) song {
	t.Helper()
	var s song
	check(t, attributevalue.UnmarshalMap(item, &s))
	return s
}

func songsOf(t *testing.T, items []map[string]types.AttributeValue) []song {
	t.Helper()
	var songs []song
	check(t, attributevalue.UnmarshalListOfMaps(items, &songs))
	return songs
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal(t *testing.T, what string, got, wanted interface{}) {
	t.Helper()
	if !reflect.DeepEqual(got, wanted) {
		t.Fatalf("%s: %.2000s, not %.2000s", what, fmt.Sprintf("%#v", got), fmt.Sprintf("%#v", wanted))
	}
}

// codeOf is the service's name of an error.
func codeOf(t *testing.T, err error) string {
	t.Helper()
	var failed smithy.APIError
	if !errors.As(err, &failed) {
		t.Fatalf("not an error of the service: %v", err)
	}
	return failed.ErrorCode()
}
