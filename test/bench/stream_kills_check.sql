-- Three numbers, 0 each if all is well: records that do not begin where the one
-- before has ended, records that are there twice, and items that differ.
CREATE TEMP TABLE records AS
SELECT commit_lsn, number, event, new_image, coalesce(new_image, old_image)->>'p' AS p,
	coalesce(old_image, dynamo.item_apply(new_image, old_difference)) AS old_image
FROM dynamo.stream_records;
CREATE TEMP TABLE broken AS
SELECT * FROM (
	SELECT *, lag(new_image) OVER (PARTITION BY p ORDER BY commit_lsn, number) AS before FROM records) chain
WHERE old_image IS DISTINCT FROM before OR (event = 'I') <> (before IS NULL) OR (event = 'R') <> (new_image IS NULL);
SELECT count(*) FROM broken;
SELECT count(*) - count(DISTINCT (commit_lsn, number)) FROM records;
SELECT count(*)
FROM (SELECT DISTINCT ON (p) p, new_image FROM records ORDER BY p, commit_lsn DESC, number DESC) made
	FULL JOIN streamed USING (p)
WHERE item IS DISTINCT FROM new_image;
SELECT commit_lsn, number, event, p, before, old_image, new_image FROM broken ORDER BY commit_lsn LIMIT 10;
