\set key random(1, 1000)
\set number random(1, 1000000000)
\set what random(1, 4)
\if :what = 1
DELETE FROM streamed WHERE p = 'k' || :key;
\else
INSERT INTO streamed VALUES ('k' || :key, format('{"v":{"N":"%s"}}', :number)::dynamo.item)
ON CONFLICT (p) DO UPDATE SET item = excluded.item;
\endif
