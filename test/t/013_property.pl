# The type item against a model of it, on random items.
use strict;
use warnings;

use FindBin;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('property');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION dynamo');
local $ENV{PGDATABASE} = 'postgres';
local $ENV{PYTHONDONTWRITEBYTECODE} = 1;
$node->command_like([ 'python3', "$FindBin::RealBin/../bench/property", '3000' ],
	qr/^3000 items, \d+ properties, 0 failures$/m, '3000 random items');
$node->stop;
done_testing();
