CREATE TEMP TABLE records AS SELECT *, coalesce(new_image, old_image)->>'p' AS p FROM dynamo.stream_records;
SELECT count(*) FROM (
	SELECT *, lag(new_image) OVER (PARTITION BY p ORDER BY commit_lsn, number) AS before FROM records) chain
WHERE old_image IS DISTINCT FROM before OR (event = 'I') <> (before IS NULL) OR (event = 'R') <> (new_image IS NULL);
SELECT count(*)
FROM (SELECT DISTINCT ON (p) p, new_image FROM records ORDER BY p, commit_lsn DESC, number DESC) made
	FULL JOIN streamed USING (p)
WHERE item IS DISTINCT FROM new_image;
