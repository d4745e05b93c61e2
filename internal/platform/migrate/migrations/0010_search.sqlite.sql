-- Every beginning of a word is a term of its own, so that the index walks the newest things that have it and stops. Words are
-- cut at 31 letters; the mark before them has 8. Lintel makes the index anew by itself, beginning when it starts.
drop table search_words;
create virtual table search_words using fts5(words, content='', contentless_delete=1, detail=none, tokenize='ascii',
  prefix='9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39');
