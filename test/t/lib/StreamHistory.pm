
# Whether a stream tells the whole story of its table.

package StreamHistory;

use strict;
use warnings;

use POSIX ();
use Time::HiRes qw(sleep time);

use PostgreSQL::Test::Utils;

# Waits until the records of everything that is committed are there.
sub wait_until_fed
{
	my ($node) = @_;
	my $lsn = $node->safe_psql('postgres', "SELECT pg_current_wal_insert_lsn()");

	# The worker says where it stands with the next record or 16 MB later; until
	# then it is known by what it tells the slot.
	$node->safe_psql('postgres', 'CREATE TABLE IF NOT EXISTS mark (); DROP TABLE mark; '
		  . "SELECT pg_logical_emit_message(false, '-', repeat('x', 17000000)) IS NULL");
	$node->poll_query_until('postgres', "SELECT position >= '$lsn' FROM dynamo.stream_feed")
	  or die 'the streams are not fed';
	return;
}

# Sessions that put, update and delete items "k" of the table by chance, which go
# on when the server is back after a crash; attributes: n, a number that grows.
sub start_writer
{
	my ($node, $table) = @_;
	my $file = $node->basedir . '/writer.sql';
	my $stop = $node->basedir . '/stop';
	my @writers;

	PostgreSQL::Test::Utils::append_to_file($file, <<"END");
\\set key random(1, 50)
\\set number random(1, 1000000000)
\\set what random(1, 4)
\\if :what = 1
DELETE FROM "$table" WHERE p = 'k' || :key AND r = :key;
\\else
INSERT INTO "$table" VALUES ('k' || :key, :key, format('{"v":{"S":"%s"}}', :number)::dynamo.item)
ON CONFLICT (p, r) DO UPDATE SET item = excluded.item;
\\endif
END
	unlink $stop;
	my $writer = fork() // die "fork: $!";

	if ($writer == 0)
	{
		while (!-e $stop)
		{
			system('pgbench -n -h ' . $node->host . ' -p ' . $node->port
				  . " -c 4 -T 2 -f $file postgres >/dev/null 2>&1");
			sleep(0.05);
		}
		POSIX::_exit(0);
	}
	return { pid => $writer, stop => $stop };
}

sub stop_writer
{
	my ($writer) = @_;

	append_to_file($writer->{stop}, '');
	waitpid($writer->{pid}, 0);
	return;
}

# What does not fit together: each record of an item begins where the one before
# has ended, and the last one ends where the table stands.  The stream must show
# both images.
sub problems
{
	my ($node, $table, $stream) = @_;

	return $node->safe_psql('postgres', <<"END");
WITH records AS (
	SELECT commit_lsn, number, event, new_image, coalesce(new_image, old_image)->>'p' AS p,
		coalesce(new_image, old_image)->>'r' AS r,
		coalesce(old_image, dynamo.item_apply(new_image, old_difference)) AS old_image
	FROM dynamo.stream_records WHERE stream_id = $stream),
chain AS (
	SELECT *, lag(new_image) OVER item AS before, row_number() OVER later AS back
	FROM records WINDOW item AS (PARTITION BY p, r ORDER BY commit_lsn, number),
		later AS (PARTITION BY p, r ORDER BY commit_lsn DESC, number DESC))
SELECT left(format('broken at %s %s, %s, %s: %s to %s, was %s', p, r, commit_lsn, event, old_image, new_image, before), 1000) FROM chain
WHERE old_image IS DISTINCT FROM before OR (event = 'I') <> (before IS NULL) OR (event = 'R') <> (new_image IS NULL)
UNION ALL
SELECT format('ends otherwise at %s %s', coalesce(chain.p, stored.p), coalesce(chain.r, stored.r::text))
FROM (SELECT * FROM chain WHERE back = 1 AND new_image IS NOT NULL) chain
	FULL JOIN "$table" stored ON stored.p = chain.p AND stored.r = chain.r::numeric
WHERE stored.item IS DISTINCT FROM chain.new_image
LIMIT 10
END
}

1;
