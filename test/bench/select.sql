\set id random(1, :items)
SELECT item FROM bench WHERE pk = 'user' || :id;
