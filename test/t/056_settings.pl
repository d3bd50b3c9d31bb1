
# docs/settings.md against the code: every setting with its default, unit and
# time of change, and none besides.

use strict;
use warnings;

use FindBin;
use Test::More;

use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;

my %CHANGES = (restart => 'postmaster', reload => 'sighup', session => 'user', superuser => 'superuser');

# What depends on the machine: the documentation says it in words.
my %VARIES = map { $_ => 1 } 'dynamo.workers', 'dynamo.key_hints';

my $node = PostgreSQL::Test::Cluster->new('settings');

$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'dynamo'\ndynamo.workers = 0");
$node->start;

my %documented;
my $last = '';

foreach my $line (split(/\n/, slurp_file("$FindBin::Bin/../../docs/settings.md")))
{
	my ($name, $default, $unit, $change, $meaning) = $line =~ m/^\| `(dynamo\.\w+)` \| (.*?) \| (\w*) \| (\w+) \| (.+) \|$/ or next;

	ok(!exists $documented{$name}, "$name stands there once");
	cmp_ok($last, 'lt', $name, 'in the order of names');
	$last = $name;
	$documented{$name} = { default => $default, unit => $unit, change => $change };
}

my $rows = $node->safe_psql('postgres', q(
	SELECT name, boot_val, coalesce(unit, ''), context, short_desc
	FROM pg_settings WHERE name LIKE 'dynamo.%' ORDER BY name));
my %settings = map { my ($name, @rest) = split(/\|/, $_, 5); ($name => \@rest) } split(/\n/, $rows);

cmp_ok(scalar keys %settings, '>', 15, 'there are settings');
is_deeply([ sort keys %documented ], [ sort keys %settings ], 'docs/settings.md has all settings, and no other');
foreach my $name (sort keys %settings)
{
	my ($default, $unit, $context, $description) = @{ $settings{$name} };
	my $said = $documented{$name} // next;

	is($said->{unit}, $unit, "$name: unit");
	is($CHANGES{ $said->{change} }, $context, "$name: when it can be changed");
	like($description, qr/^[A-Z].*\.$/, "$name: has a description");
	next if $VARIES{$name};
	is($said->{default}, $default eq '' ? 'empty' : "`$default`", "$name: default");
}

$node->stop;
done_testing();
