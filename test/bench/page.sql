SELECT pk, sk, item FROM pages WHERE pk = 'page' ORDER BY sk LIMIT :rows;
